import assert from 'node:assert/strict'
import { testCall } from '../../../../src/testing/cycle.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { declared, Scene } from './scene.ts'

describe('creating parameter contexts', () => {
  it('takes parents first, whatever the order they are declared in, and marks what it makes', async () => {
    const scene = new Scene({ owner: 'team a' })
    const items = declared({
      app: { inherits: ['site', 'base'], parameters: { p: 1, n: { value: null } } },
      site: { inherits: ['base'] },
      base: { description: 'for all' }
    })
    assert.deepEqual(await scene.apply(items), ['base done', 'site done', 'app done'])
    const [app, site, base] = ['app', 'site', 'base'].map((name) => scene.server.named(name))
    assert.deepEqual([app?.inherits, site?.inherits], [[site?.id, base?.id], [base?.id]])
    assert.deepEqual(scene.server.valuesOf('app'), { p: '1', n: null })
    assert.deepEqual(
      [base?.description, app?.description],
      ['for all\n[infometis owner=team%20a]', '[infometis owner=team%20a]']
    )
    assert.deepEqual(await scene.differences(items), [])
  })

  it('continues with the others when one is refused, and lets its children wait', async () => {
    const scene = new Scene()
    scene.server.faults.push({
      on: /^POST \/parameter-contexts$/,
      act: () => ({ status: 409, body: 'refused for a test' })
    })
    const results = await scene.apply(declared({ base: {}, child: { inherits: ['base'] }, other: {} }))
    assert.deepEqual(results, [
      'base failed CONFLICT: refused for a test',
      'child failed UNAVAILABLE: the parameter context "base", from which it inherits, does not exist yet',
      'other done'
    ])
  })

  it('finds what it made when the answer was lost', async () => {
    const scene = new Scene()
    const items = declared({ a: { parameters: { p: 1 } } })
    scene.server.faults.push({
      on: /^POST \/parameter-contexts$/,
      act: () => {
        scene.server.hold('a', { p: '1' })
        return new ReconcileError('TIMEOUT', 'no answer')
      }
    })
    assert.deepEqual(await scene.apply(items), ['a failed TIMEOUT: no answer'])
    assert.deepEqual(await scene.apply(items), [])
    assert.equal(scene.server.contexts.length, 1)
  })

  it('adopts by its unique name what somebody else made first', async () => {
    const scene = new Scene()
    const create = async (context: unknown): Promise<unknown> => {
      const items = declared({ a: context })
      const { facts } = await scene.observe([])
      const [result] = (await scene.resource.create?.(items, testCall({ facts }))) ?? []
      return result?.result === 'failed' ? result.error.code : result?.result
    }
    scene.server.hold('a', { p: '1', more: 'x' })
    assert.equal(await create({ parameters: { p: 1 } }), 'unchanged')
    assert.equal(await create({ parameters: { p: 2 } }), 'CONFLICT')
    assert.deepEqual(scene.server.of(/^POST/), [])

    const late = declared({ b: { parameters: { p: 1 } } })
    scene.server.faults.push({ on: /^POST \/parameter-contexts$/, act: () => void scene.server.hold('b', { p: '1' }) })
    assert.deepEqual(await scene.apply(late), ['b unchanged'])
  })

  it('says in the words of NiFi that a name is taken by what we may not read', async () => {
    const scene = new Scene()
    scene.server.hold('a', {}, { isHidden: true })
    assert.deepEqual(await scene.apply(declared({ a: {} })), [
      'a failed CONFLICT: Parameter Context with name a already exists'
    ])
  })
})

describe('changing parameter contexts', () => {
  it('sends changed values and nothing else: an unchanged one in use would fail the request', async () => {
    const scene = new Scene()
    scene.server.hold('a', { size: '1', colour: 'red', gone: 'x', other: 'y' }, { description: 'of people' })
    scene.server.running.set('a/size', ['gen']).set('a/colour', ['log']).set('a/other', ['put'])
    const items = declared({ a: { parameters: { size: '2', colour: 'red', gone: null, fresh: '' } } })
    assert.deepEqual(await scene.apply(items), ['a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { size: '2', colour: 'red', other: 'y', fresh: '' })
    assert.deepEqual(scene.server.restarted, ['gen'])
    assert.equal(scene.server.named('a').description, 'of people', 'no write is made just to mark')
    assert.deepEqual(await scene.differences(items), [])
  })

  it('sets no value where none is declared, and keeps one whose description changes', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: 'v', q: 'w', d: { value: 'x', sensitive: false, description: 'old' } })
    scene.server.running.set('a/q', ['gen'])
    const items = declared({
      a: {
        parameters: { p: { value: null }, q: { value: 'w', description: 'new' }, d: { value: 'x', description: null } }
      }
    })
    assert.deepEqual(await scene.apply(items), ['a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { p: null, q: 'w', d: 'x' })
    assert.deepEqual(await scene.differences(items), [])
  })

  it('keeps parents that are not to change, and its own marker below a new description', async () => {
    const scene = new Scene()
    await scene.apply(declared({ base: {}, a: { inherits: ['base'] } }))
    assert.deepEqual(await scene.apply(declared({ a: { description: 'new' } })), ['a done'])
    const { inherits, description } = scene.server.named('a')
    assert.deepEqual([inherits, description], [[scene.server.named('base').id], 'new\n[infometis owner=us]'])
  })

  it('turns an inheritance round without a circle on the way', async () => {
    const scene = new Scene()
    await scene.apply(declared({ a: {}, b: { inherits: ['a'] }, c: { inherits: ['b'] } }))
    const turned = declared({ a: { inherits: ['b'] }, b: { inherits: ['c'] }, c: { inherits: [] } })
    assert.deepEqual(await scene.apply(turned), ['c done', 'b done', 'a done'])
    assert.deepEqual(await scene.differences(turned), [])
  })

  it('inherits from what was created in the same cycle', async () => {
    const scene = new Scene()
    scene.server.hold('a')
    assert.deepEqual(await scene.apply(declared({ a: { inherits: ['new'] }, new: {} })), ['new done', 'a done'])
    assert.deepEqual(scene.server.named('a').inherits, [scene.server.named('new').id])
  })

  it('plans again, once, when somebody was faster', async () => {
    const scene = new Scene()
    const held = scene.server.hold('a', { p: '1', q: '1' })
    const interfere = (): undefined => {
      held.version += 1
      held.lastClient = 'people'
      held.parameters.set('q', { value: '2', sensitive: false, description: null })
    }
    const items = declared({ a: { parameters: { p: '2', q: '2' } } })
    scene.server.faults.push({ on: /update-requests$/, act: interfere })
    assert.deepEqual(await scene.apply(items), ['a done'])
    const sent = scene.server.of(/^POST .*update-requests/).map(({ body }) => JSON.stringify(body))
    assert.ok(sent.length === 2 && !sent[1]?.includes('"q"'), 'what is right by now is not sent again')

    scene.server.faults.push(...[1, 2].map(() => ({ on: /update-requests$/, act: interfere })))
    const [result] = await scene.apply(declared({ a: { parameters: { p: '3' } } }))
    assert.match(result ?? '', /^a failed CONFLICT: .*not the most up-to-date revision/)
  })

  it('fails in the words of NiFi, and takes every request away again', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: '1' })
    scene.server.faults.push({
      on: /^POST .*update-requests/,
      act: () => void scene.server.running.set('a/p', ['gen'])
    })
    assert.deepEqual(await scene.apply(declared({ a: { parameters: { p: null } } })), [
      "a failed CONFLICT: Cannot remove parameter 'p' because it is referenced by a running component"
    ])

    const reason = 'Failed to stop components in time'
    scene.server.faults.push({
      on: /^GET .*update-requests/,
      act: () => ({ status: 200, body: { request: { requestId: 'x', complete: true, failureReason: reason } } })
    })
    assert.deepEqual(await scene.apply(declared({ a: { parameters: { p: '2' } } })), [
      `a failed UNAVAILABLE: ${reason}`
    ])
    assert.equal(scene.server.of(/^DELETE .*update-requests/).length, 1)
  })

  it('leaves alone what somebody else has come to own meanwhile', async () => {
    const scene = new Scene()
    const held = scene.server.hold('a', { p: '1' })
    const items = declared({ a: { parameters: { p: '2' } } })
    scene.server.faults.push({ on: /cluster\/summary/, act: () => void (held.description = '[infometis owner=them]') })
    assert.deepEqual(await scene.apply(items), ['a failed CONFLICT: the parameter context "a" is now owned by "them"'])
    assert.deepEqual(scene.server.valuesOf('a'), { p: '1' })
  })

  it('does not take for done what NiFi has forgotten', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: '1' })
    scene.server.faults.push({ on: /^GET .*update-requests/, act: () => ({ status: 404, body: 'unknown request' }) })
    const [result] = await scene.apply(declared({ a: { parameters: { p: '2' } } }))
    assert.match(result ?? '', /^a failed UNAVAILABLE: NiFi no longer knows/)
  })

  it('resets what nobody declares where exactly that is wanted, and only what was planned', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: '1', x: '2' }, { description: 'd' })
    assert.deepEqual(await scene.apply(declared({ a: { parameters: { p: '1' } } }, { exact: true })), ['a done'])
    assert.deepEqual([scene.server.valuesOf('a'), scene.server.named('a').description], [{ p: '1' }, ''])

    const [desired] = declared({ a: { parameters: { p: '3', q: '4' } } })
    const { items, facts } = await scene.observe([])
    const state = items.get('a')
    assert.ok(desired !== undefined && state !== undefined && 'state' in state)
    const fields = scene.resource.compare(desired.spec, state.state).filter(({ path }) => path === 'parameters.q')
    await scene.resource.update?.([{ desired, state: state.state, fields }], testCall({ facts }))
    assert.deepEqual(scene.server.valuesOf('a'), { p: '1', q: '4' })
  })

  it('never takes a parameter away because its name reads like a field of another', async () => {
    const scene = new Scene()
    scene.server.hold('a', { x: { value: '1', sensitive: false, description: 'old' }, 'x.description': 'mine' })
    await scene.apply(declared({ a: { parameters: { x: { value: '1', description: null } } } }))
    assert.equal(scene.server.named('a').parameters.get('x')?.description, '')
    assert.deepEqual(scene.server.valuesOf('a'), { x: '1', 'x.description': 'mine' })
  })

  it('writes nothing while a node of the cluster is not connected', async () => {
    const scene = new Scene()
    scene.server.faults.push({
      on: /cluster\/summary/,
      act: () => ({
        status: 200,
        body: {
          clusterSummary: { connectedNodeCount: 1, totalNodeCount: 2, connectedToCluster: true, clustered: true }
        }
      })
    })
    const [said = ''] = await scene.apply(declared({ a: {} }))
    assert.match(said, /^a failed UNAVAILABLE: .*1 of 2 nodes/)
    assert.deepEqual(scene.server.contexts, [])
  })
})

describe('observing parameter contexts', () => {
  it('takes one request, however many there are', async () => {
    const scene = new Scene()
    for (let index = 0; index < 50; index += 1) scene.server.hold(`c${index}`, { p: '1' })
    assert.equal((await scene.observe(declared({ c1: { parameters: { p: 1 } } }))).items.size, 50)
    assert.equal(scene.server.asked.length, 1)
  })

  it('knows owners by their marker; what people made is never an orphan, and is exported all the same', async () => {
    const scene = new Scene()
    scene.server.hold('mine', {}, { description: 'x\n[infometis owner=us]' })
    scene.server.hold('theirs', {}, { description: '[infometis owner=them]' })
    scene.server.hold('people')
    scene.server.hold('secret', {}, { isHidden: true })
    const shown = [...(await scene.observe([])).items].map(([name, sighting]) =>
      'state' in sighting ? [name, sighting.owner, sighting.excluded !== undefined] : []
    )
    assert.deepEqual(shown, [
      ['mine', 'us', false],
      ['theirs', 'them', false],
      ['people', undefined, true]
    ])
    const all = [...(await scene.observe([], true)).items].map(([name, sighting]) => [name, 'excluded' in sighting])
    assert.deepEqual(all, [
      ['mine', false],
      ['theirs', false],
      ['people', false]
    ])
  })
})
