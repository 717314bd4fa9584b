import assert from 'node:assert/strict'
import { undeclaredOf } from '../../../../reconcilers/nifi/parameter-context/compare.ts'
import { parameterContextKind } from '../../../../reconcilers/nifi/parameter-context/index.ts'
import { liveParameterOf } from '../../../../reconcilers/nifi/parameter-context/state.ts'
import { declared, Scene, stateIn } from './scene.ts'

/** Differences between one declared context and what NiFi holds. */
async function differences(context: unknown, prepare: (scene: Scene) => void): Promise<readonly string[]> {
  const scene = new Scene()
  prepare(scene)
  return (await scene.differences(declared({ a: context }))).map((line) => line.slice(2))
}

const holding =
  (parameters: Parameters<Scene['server']['hold']>[1], rest = {}) =>
  ({ server }: Scene): void => {
    server.hold('a', parameters, rest)
  }

describe('comparing parameter contexts', () => {
  it('finds values that differ and leaves alone what nobody declares', async () => {
    const found = await differences(
      { parameters: { size: '2KB', same: 1, fresh: 'x', gone: null } },
      holding({ size: '1KB', same: '1', gone: 'y', other: 'z' }, { description: 'of people' })
    )
    assert.deepEqual(found, [
      'parameters.size: "1KB" → "2KB" (safe)',
      'parameters.fresh: null → "x" (safe)',
      'parameters.gone: "y" → null (safe)'
    ])
  })

  it('tells an empty text from no value', async () => {
    assert.deepEqual(await differences({ parameters: { p: '' } }, holding({ p: null })), [
      'parameters.p: {"value":null} → "" (safe)'
    ])
    assert.deepEqual(await differences({ parameters: { p: { value: null } } }, holding({ p: '' })), [
      'parameters.p: "" → {"value":null} (safe)'
    ])
    assert.deepEqual(await differences({ parameters: { p: { value: null } } }, holding({ p: null })), [])
    assert.deepEqual(await differences({ parameters: { p: { value: null } } }, holding({})), [
      'parameters.p: null → {"value":null} (safe)'
    ])
  })

  it('compares descriptions only where they are declared, and never with our own lines', async () => {
    const described = { value: 'v', sensitive: false, description: 'd\n[infometis digest=x]' }
    const hold = holding({ p: described }, { description: 'c\n[infometis owner=us]' })
    assert.deepEqual(await differences({ parameters: { p: 'v' } }, hold), [])
    assert.deepEqual(
      await differences({ description: 'c', parameters: { p: { value: 'v', description: 'd' } } }, hold),
      []
    )
    assert.deepEqual(
      await differences({ description: null, parameters: { p: { value: 'v', description: 'e' } } }, hold),
      ['description: "c" → null (safe)', 'parameters.p.description: "d" → "e" (safe)']
    )
  })

  it('compares what is inherited in its order, by name', async () => {
    const hold = ({ server }: Scene): void => {
      const parents = ['x', 'y'].map((name) => server.hold(name).id)
      server.hold('a', {}, { inherits: parents })
    }
    assert.deepEqual(await differences({ inherits: ['x', 'y'] }, hold), [])
    assert.deepEqual(await differences({}, hold), [])
    assert.deepEqual(await differences({ inherits: ['y', 'x'] }, hold), ['inherits: ["x","y"] → ["y","x"] (safe)'])
    assert.deepEqual(await differences({ inherits: [] }, hold), ['inherits: ["x","y"] → null (safe)'])
  })

  it('will not change whether a parameter is sensitive, and touches nothing else of it', async () => {
    const secret = { value: 's', sensitive: true, description: null }
    const found = await differences(
      { parameters: { p: { value: 'open', description: 'd' }, q: { value: 'now secret', sensitive: true } } },
      holding({ p: secret, q: 'open' })
    )
    assert.deepEqual(found, [
      'parameters.p.sensitive: true → false (unsupported)',
      'parameters.q.sensitive: false → true (unsupported)'
    ])
  })

  it('never shows a sensitive value, and takes it for the same when nothing tells otherwise', async () => {
    const secret = { value: 'old-canary', sensitive: true, description: null }
    assert.deepEqual(
      await differences({ parameters: { p: { value: 'new-canary', sensitive: true } } }, holding({ p: secret })),
      []
    )
    assert.deepEqual(
      await differences(
        { parameters: { p: { value: 'new-canary', sensitive: true } } },
        holding({ p: { ...secret, value: null } })
      ),
      ['parameters.p: {"value":null} → "********" (safe)']
    )
    assert.deepEqual(
      await differences({ parameters: { p: { value: null, sensitive: true } } }, holding({ p: secret })),
      ['parameters.p: "********" → {"value":null} (safe)']
    )
    assert.deepEqual(await differences({ parameters: { p: null } }, holding({ p: secret })), [
      'parameters.p: {"value":"********","sensitive":true} → null (safe)'
    ])
  })

  it('keeps no sensitive value, not even one that NiFi were to show', () => {
    assert.equal(
      liveParameterOf({ value: 'canary', sensitive: true, description: '', referencing: [] }).value,
      '********'
    )
  })

  it('shows all that is declared where there is no context', async () => {
    const context = {
      description: 'd',
      parameters: {
        p: 1,
        s: { value: 'canary', sensitive: true, description: 'e' },
        f: { valueFrom: { file: '/x' }, sensitive: false },
        n: null
      },
      inherits: ['b']
    }
    assert.deepEqual(await differences(context, () => undefined), [
      'description: null → "d" (safe)',
      'parameters.p: null → "1" (safe)',
      'parameters.s: null → {"value":"********","sensitive":true,"description":"e"} (safe)',
      'parameters.f: null → {"valueFrom":{"file":"/x"},"sensitive":false} (safe)',
      'inherits: null → ["b"] (safe)'
    ])
  })

  it('names what a change restarts', async () => {
    const scene = new Scene()
    scene.server.hold('a', { size: '1', other: '2' })
    scene.server.running.set('a/size', ['gen', 'log'])
    const [item] = declared({ a: { parameters: { size: '2', other: '3' } } })
    assert.ok(item !== undefined)
    const observed = await scene.observe([item])
    assert.deepEqual(
      parameterContextKind.compare(item.spec, stateIn(observed.items, 'a')).map(({ path, why }) => [path, why]),
      [
        ['parameters.size', 'restarts where it runs: gen, log'],
        ['parameters.other', undefined]
      ]
    )
  })

  it('lists what nobody declares as what would be reset', async () => {
    const scene = new Scene()
    const parent = scene.server.hold('b')
    scene.server.hold(
      'a',
      {
        p: { value: 'v', sensitive: false, description: 'd' },
        s: { value: 'canary', sensitive: true, description: null },
        x: 'y'
      },
      { description: 'c', inherits: [parent.id] }
    )
    const { items } = await scene.observe([])
    const state = stateIn(items, 'a')
    assert.ok(state !== undefined)
    const [open, closed] = declared({
      a: { parameters: { p: 'v' } },
      b: { description: 'x', inherits: [], parameters: { p: null, s: null, x: 'z' } }
    })
    assert.ok(open !== undefined && closed !== undefined)
    assert.deepEqual(
      undeclaredOf(open.spec, state).map(({ path, before, after }) => [path, before, after]),
      [
        ['description', 'c', null],
        ['parameters.p.description', 'd', null],
        ['parameters.s', { value: '********', sensitive: true }, null],
        ['parameters.x', 'y', null],
        ['inherits', ['b'], null]
      ]
    )
    assert.deepEqual(undeclaredOf(closed.spec, state), [])
  })

  it('exports what it sees, with a place to fill in for a secret', async () => {
    const scene = new Scene()
    const parent = scene.server.hold('b')
    scene.server.hold(
      'a',
      {
        z: '1',
        n: null,
        d: { value: '2', sensitive: false, description: 'two' },
        s: { value: 'canary', sensitive: true, description: 'key\n[infometis digest=x]' },
        e: { value: null, sensitive: true, description: null }
      },
      { description: 'c\n[infometis owner=us]', inherits: [parent.id] }
    )
    const { items } = await scene.observe([], true)
    const state = stateIn(items, 'a')
    assert.ok(state !== undefined)
    assert.deepEqual(parameterContextKind.describe?.(state), {
      description: 'c',
      parameters: {
        d: { value: '2', description: 'two' },
        e: { value: null, sensitive: true },
        n: { value: null },
        s: { valueFrom: { file: '' }, sensitive: true, description: 'key' },
        z: '1'
      },
      inherits: ['b']
    })
  })
})
