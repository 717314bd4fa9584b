import assert from 'node:assert/strict'
import { givenBy } from '../../../../reconcilers/nifi/parameter-context/inherited.ts'
import { contextsByName } from '../../../../reconcilers/nifi/parameter-context/observe.ts'
import { contextEntitiesOf } from '../../../../reconcilers/nifi/reading/parse-entities.ts'
import type { Json } from '../../../../src/records.ts'
import type { HeldParameter } from './context-server.ts'
import { declared, Scene, stateIn, type Declaration } from './scene.ts'

const secret: HeldParameter = { value: 'canary', sensitive: true, description: null }

/** A scene where a running component `gen` uses the parameter `size` of the context `a`. */
function using(parameters: Readonly<Record<string, string | HeldParameter>> = { size: '1KB' }): Scene {
  const scene = new Scene()
  scene.server.hold('a', parameters)
  scene.server.running.set('a/size', ['gen in orders'])
  return scene
}

/** Path, risk and reason of what differs in `a`. */
async function found(scene: Scene, contexts: Declaration, options = {}): Promise<readonly (string | undefined)[][]> {
  const items = declared(contexts, options)
  const [item] = items
  const state = stateIn((await scene.observe(items)).items, 'a')
  assert.ok(item !== undefined && state !== undefined)
  const resets = item.control.exact ? (scene.resource.undeclared?.(item.spec, state) ?? []) : []
  return [...scene.resource.compare(item.spec, state), ...resets].map(({ path, risk, why }) => [path, risk, why])
}

describe('removing a parameter', () => {
  it('waits while something refers to it, named with what to do, and asks NiFi for nothing', async () => {
    const scene = using()
    const gone = { a: { parameters: { size: null } } }
    const why =
      'cannot remove parameter "size": still referenced by gen in orders; remove #{size} there or keep the parameter'
    assert.deepEqual(await found(scene, gone), [['parameters.size', 'unsupported', why]])
    for (let cycle = 0; cycle < 3; cycle += 1) assert.deepEqual(await scene.apply(declared(gone)), [])
    assert.deepEqual(scene.server.of(/^POST/), [])
    scene.server.running.set('a/size', ['gen in orders', 'put in store'])
    assert.match((await found(scene, gone))[0]?.[2] ?? '', /still referenced by gen in orders, put in store/)
  })

  it('waits too where it only goes because nobody declares it', async () => {
    const scene = using()
    assert.deepEqual(
      (await found(scene, { a: { parameters: {} } }, { exact: true })).map(([path, risk]) => [path, risk]),
      [['parameters.size', 'unsupported']]
    )
    assert.deepEqual(await scene.apply(declared({ a: {} }, { exact: true })), [])
  })

  it('holds up nothing else of its context, and is done in the cycle after the last reference went', async () => {
    const scene = using()
    const items = declared({ a: { parameters: { size: null, length: '2KB' } } })
    assert.deepEqual(await scene.apply(items), ['a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { size: '1KB', length: '2KB' })
    scene.server.running.delete('a/size')
    assert.deepEqual(await scene.apply(items), ['a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { length: '2KB' })
    assert.deepEqual(await scene.apply(items), [])
  })

  it('does not wait where a parent gives it from then on', async () => {
    const scene = using()
    const base = scene.server.hold('base', { size: '9KB' })
    scene.server.named('a').inherits = [base.id]
    assert.deepEqual(await found(scene, { a: { parameters: { size: null } } }), [
      ['parameters.size', 'safe', 'restarts where it runs: gen in orders']
    ])
    assert.deepEqual(await scene.apply(declared({ a: { parameters: { size: null } } })), ['a done'])
  })

  it('waits where the parent gives a secret for what is none, or is to be another one', async () => {
    for (const [held, inherits] of [
      [secret, undefined],
      ['9KB', []],
      ['9KB', ['other']]
    ] as const) {
      const scene = using()
      scene.server.hold('other')
      scene.server.named('a').inherits = [scene.server.hold('base', { size: held }).id]
      const [first] = await found(scene, {
        a: { parameters: { size: null }, ...(inherits !== undefined && { inherits }) }
      })
      assert.deepEqual(first?.slice(0, 2), ['parameters.size', 'unsupported'])
    }
  })

  it('to give it to a parent instead takes two cycles and leaves nothing without it', async () => {
    const scene = using()
    const items = declared({
      a: { parameters: { size: null }, inherits: ['base'] },
      base: { parameters: { size: '1KB' } }
    })
    assert.deepEqual(await scene.apply(items), ['base done', 'a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { size: '1KB' })
    assert.deepEqual(await scene.apply(items), ['a done'])
    assert.deepEqual([scene.server.valuesOf('a'), scene.server.valuesOf('base')], [{}, { size: '1KB' }])
    assert.deepEqual(await scene.differences(items), [])
  })

  it('is what is told first of one that is to be sensitive and is in use', async () => {
    const [first] = await found(using(), { a: { parameters: { size: { value: null, sensitive: true } } } })
    assert.match(
      first?.[2] ?? '',
      /declare it null first, when gen in orders no longer refers to it, or give the new one another name/
    )
  })

  it('shows no secret', async () => {
    assert.doesNotMatch(
      JSON.stringify(await found(using({ size: secret }), { a: { parameters: { size: null } } })),
      /canary/
    )
  })
})

describe('what a context inherits', () => {
  const context = (name: string, parameters: Readonly<Record<string, boolean>>, inherits: readonly string[]): Json => ({
    id: `id-${name}`,
    revision: { version: 0 },
    component: {
      name,
      parameters: Object.entries(parameters).map(([parameter, sensitive]) => ({
        parameter: { name: parameter, sensitive }
      })),
      inheritedParameterContexts: inherits.map((parent) => ({ id: `id-${parent}`, component: { name: parent } }))
    }
  })

  it('comes from the first that has it, those further up included, and a circle is no end', () => {
    const contexts = contextsByName(
      contextEntitiesOf({
        parameterContexts: [
          context('one', { p: true }, ['up']),
          context('two', { p: false, q: false, r: false }, []),
          context('up', { q: true }, ['one'])
        ]
      })
    )
    assert.deepEqual(
      [...givenBy(['one', 'two', 'unknown'], contexts)],
      [
        ['p', true],
        ['q', true],
        ['r', false]
      ]
    )
  })
})
