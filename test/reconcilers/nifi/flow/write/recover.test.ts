import assert from 'node:assert/strict'
import { readComments } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'
import type { FlowSpec } from '../../../../../reconcilers/nifi/flow/schema.ts'
import type { Answer, Link, Request } from '../../../../../reconcilers/nifi/connection/link.ts'
import { NifiModel } from '../../nifi-model.ts'
import { errorOf, flow, heartbeat, of, processor, withProcessors, World } from './world.ts'

const unconnected = { ...heartbeat, connections: [] }
const unknown = {
  ...unconnected,
  processors: [processor('gen', { 'File Size': '1KB' }), processor('log'), of('LogAttributes', 'more')]
}

/** Both processors running, with so many FlowFiles between them. */
async function holding(queued: number, more: Partial<FlowSpec> = {}): Promise<World> {
  const world = new World()
  await world.create(flow(heartbeat, more))
  for (const name of ['gen', 'log']) world.nifi.component(name).state = 'RUNNING'
  world.nifi.component('c1').queued = queued
  world.nifi.asked.length = 0
  return world
}

function statesOf({ nifi }: World): readonly string[] {
  return ['gen', 'log'].map((name) => nifi.component(name).state)
}

function markerOf({ nifi }: World): ReturnType<typeof readComments>['marker'] {
  return readComments(nifi.named('heartbeat')[0]?.comments ?? '').marker
}

for (const state of ['RUNNING', 'IGNORE'] as const) {
  describe(`what was stopped for a change that came to nothing (${state})`, () => {
    for (const onRemovedQueues of ['drain', 'drop'] as const) {
      it(`was not stopped, and nothing lost, where NiFi cannot take the definition (${onRemovedQueues})`, async () => {
        const world = await holding(5, { state })
        const error = errorOf(await world.cycle(flow(unknown, { state, onRemovedQueues })))
        assert.equal(error.code, 'REJECTED')
        assert.match(error.message, /LogAttributes/)
        assert.equal(world.nifi.component('c1').queued, 5)
        assert.deepEqual(
          world.nifi.asked.filter(({ method }) => method !== 'GET'),
          []
        )
      })
    }

    it('runs again when the queues cannot be emptied, and what was emptied before is told', async () => {
      const [connection] = heartbeat.connections ?? []
      assert.ok(connection)
      const world = new World()
      await world.create(
        flow(
          { ...heartbeat, connections: [connection, { ...connection, identifier: 'c2', name: 'second' }] },
          { state }
        )
      )
      for (const name of ['gen', 'log']) world.nifi.component(name).state = 'RUNNING'
      world.nifi.component('c1').queued = 4
      world.nifi.component('c2').queued = 7
      const { id } = world.nifi.component('c2')
      world.nifi.faults.answer = ({ method, path }) =>
        method === 'POST' && path.includes(id) ? { status: 409, body: 'not now' } : undefined
      const error = errorOf(await world.cycle(flow(unconnected, { state, onRemovedQueues: 'drop' })))
      assert.equal(error.code, 'CONFLICT')
      assert.match(error.message, /^not now; dropped before: 4 FlowFiles of connections\./)
      assert.deepEqual(statesOf(world), ['RUNNING', 'RUNNING'])
      assert.equal(markerOf(world)?.stopped, undefined)
      assert.equal(world.nifi.leftRequests, 0)
    })

    it('runs again when the policy no longer lets the queues run empty', async () => {
      const world = await holding(50, { state })
      assert.equal((await world.cycle(flow(unconnected, { state, onRemovedQueues: 'drain' })))?.result, 'waiting')
      assert.deepEqual(statesOf(world), ['STOPPED', 'RUNNING'])
      const error = errorOf(await world.cycle(flow(unconnected, { state, onRemovedQueues: 'fail' })))
      assert.match(error.message, /holds 50 FlowFiles and would be removed; restarted what was stopped for it/)
      assert.deepEqual(statesOf(world), ['RUNNING', 'RUNNING'])
      assert.deepEqual([markerOf(world)?.stopped, markerOf(world)?.drain], [undefined, undefined])
    })

    it('runs again when the definition has become one that NiFi cannot take', async () => {
      const world = await holding(50, { state })
      await world.cycle(flow(unconnected, { state, onRemovedQueues: 'drain' }))
      assert.deepEqual(statesOf(world), ['STOPPED', 'RUNNING'])
      world.nifi.component('c1').queued = 0
      assert.match(
        errorOf(await world.cycle(flow(unknown, { state, onRemovedQueues: 'drain' }))).message,
        /LogAttributes.*; restarted what was stopped for it/
      )
      assert.deepEqual(statesOf(world), ['RUNNING', 'RUNNING'])
    })

    it('stays stopped while a drain can go on', async () => {
      const world = await holding(50, { state })
      const declared = flow(unconnected, { state, onRemovedQueues: 'drain' })
      world.nifi.faults.answer = ({ path }) =>
        path.endsWith('/status') && world.nifi.component('gen').state === 'STOPPED'
          ? { status: 503, body: 'later' }
          : undefined
      assert.equal(errorOf(await world.cycle(declared)).code, 'UNAVAILABLE')
      assert.deepEqual(statesOf(world), ['STOPPED', 'RUNNING'])
      const since = markerOf(world)?.drain
      assert.ok(since)
      world.nifi.faults.answer = () => undefined
      await world.cycle(declared)
      assert.equal(markerOf(world)?.drain, since)
    })
  })
}

describe('what was stopped for a change that came to nothing', () => {
  it('runs again when a context cannot be bound after all', async () => {
    const world = new World()
    world.nifi.addContext('a', { size: '1KB' })
    const { id } = world.nifi.addContext('b', { size: '2KB' })
    const group = withProcessors(processor('gen', { 'File Size': '#{size}' }), processor('log'))
    await world.create(flow(group, { parameterContext: 'a' }))
    world.nifi.faults.answer = ({ method, path, body }) =>
      method === 'PUT' &&
      path.startsWith('/process-groups/') &&
      JSON.stringify(body).includes(id) &&
      world.nifi.component('gen').state === 'STOPPED'
        ? { status: 403, body: 'no' }
        : undefined
    assert.equal(errorOf(await world.cycle(flow(group, { parameterContext: 'b' }))).code, 'NOT_PERMITTED')
    assert.deepEqual(statesOf(world), ['RUNNING', 'RUNNING'])
  })

  it('is never started in a group that was not finished', async () => {
    const world = new World()
    world.nifi.faults.breakImportAt = 'log'
    const group = withProcessors(processor('gen'), processor('log'))
    assert.match(errorOf((await world.create(flow(group)))[0]).message, /incomplete group/)
    delete world.nifi.faults.breakImportAt
    world.nifi.faults.answer = ({ method, path }) =>
      method === 'POST' && /replace/.test(path) ? { status: 409, body: 'not now' } : undefined
    assert.match(errorOf(await world.cycle(flow(group))).message, /not now/)
    assert.equal(world.nifi.component('gen').state, 'STOPPED')
    world.nifi.faults.answer = () => undefined
    await world.converge(flow(group))
    assert.deepEqual(statesOf(world), ['RUNNING', 'RUNNING'])
  })

  it('is left alone once the group is another owner’s', async () => {
    const world = await holding(50, { state: 'IGNORE' })
    const [group] = world.nifi.named('heartbeat')
    assert.ok(group)
    const declared = flow(unconnected, { state: 'IGNORE', onRemovedQueues: 'drain', drainTimeout: 1000 })
    world.nifi.faults.before = ({ method, path }) => {
      if (method === 'GET' && path.endsWith('/status') && world.nifi.component('gen').state === 'STOPPED')
        group.comments = (group.comments ?? '').replace('owner=infometis', 'owner=another')
    }
    await world.cycle(declared)
    assert.deepEqual(statesOf(world), ['STOPPED', 'RUNNING'])
  })

  it('tells why a replacement failed also where it cannot be read what became of it', async () => {
    const world = await holding(0)
    world.nifi.faults.halfReplacements = 1
    world.nifi.faults.refuseConnection = ({ method, path }) =>
      method === 'GET' && path.endsWith('/download') && world.nifi.property('gen', 'File Size') === '2KB'
    const both = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log', { 'File Size': '3KB' }))
    const error = errorOf(await world.cycle(flow(both)))
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, /Failed to perform.*; the result could not be read: connection refused/)
  })

  it('is not told to be what it was before when NiFi only says so', async () => {
    const world = await holding(0)
    world.nifi.faults.halfReplacements = 1
    const both = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log', { 'File Size': '3KB' }))
    let replacements = 0
    world.nifi.faults.before = ({ method, path }) => {
      const gen = world.nifi.component('gen')
      if (method === 'POST' && path.endsWith('/replace-requests')) replacements += 1
      // What NiFi leaves as it is, whatever is sent.
      if (method === 'GET' && replacements >= 2) gen.body = { ...gen.body, schedulingPeriod: '99 sec' }
    }
    assert.match(
      errorOf(await world.cycle(flow(both))).message,
      /applied only in part, and the rollback failed too: NiFi reports success, but the group differs from what it was/
    )
  })
})

/** Shows what is stopped and VALID as something else, the first few times. */
class SlowlyValidating implements Link {
  readonly clientId = 'client-1'
  readonly #nifi: NifiModel
  readonly #shown: string
  looks = 0

  constructor(nifi: NifiModel, shown: string) {
    this.#nifi = nifi
    this.#shown = shown
  }

  async ask(request: Request, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#nifi.ask(request, signal)
    if (request.method !== 'GET' || !request.path.endsWith('/processors')) return answer
    const body = JSON.stringify(answer.body)
    const shown = body.replaceAll(
      '"state":"STOPPED","validationStatus":"VALID"',
      `"state":"STOPPED","validationStatus":"${this.#shown}"`
    )
    if (shown === body) return answer
    this.looks += 1
    return this.looks > 4 ? answer : { ...answer, body: JSON.parse(shown) }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

describe('what runs where that is left to people, and was stopped for a change', () => {
  for (const shown of ['VALIDATING', 'INVALID']) {
    it(`is started once NiFi has looked at it again, which shows it ${shown} until then`, async () => {
      const { nifi } = await holding(0, { state: 'IGNORE' })
      nifi.clock.pass(1000)
      nifi.faults.leavesStopped = true
      const link = new SlowlyValidating(nifi, shown)
      const world = new World(nifi, link)
      const changed = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log'))
      assert.ok((await world.converge(flow(changed, { state: 'IGNORE' }))).every(({ result }) => result !== 'failed'))
      assert.deepEqual(statesOf(world), ['RUNNING', 'RUNNING'])
      assert.ok(link.looks > 4)
      assert.equal(markerOf(world)?.stopped, undefined)
    })
  }
})

describe('a refusal', () => {
  it('for one processor keeps its neighbours from nothing', async () => {
    const world = await holding(0, { state: 'RUNNING' })
    const group = withProcessors(processor('gen'), of('PutFile', 'put'), processor('log'))
    world.nifi.component('log').state = 'STOPPED'
    await world.cycle(flow(group))
    for (const name of ['gen', 'log']) world.nifi.component(name).state = 'STOPPED'
    // NiFi 2.3 refuses the group now, because one of it waits to become valid.
    const { id } = world.nifi.component('gen')
    world.nifi.faults.answer = ({ method, path }) =>
      method === 'PUT' && path === `/processors/${id}/run-status` ? { status: 409, body: 'not this one' } : undefined
    assert.match(errorOf(await world.cycle(flow(group))).message, /not this one/)
    assert.deepEqual(statesOf(world), ['STOPPED', 'RUNNING'])
  })

  it('of an import is told also where it cannot be looked for what it left behind', async () => {
    const nifi = new NifiModel()
    const world = new World(nifi)
    let isRefused = false
    nifi.faults.answer = ({ method }) => {
      isRefused ||= method === 'POST'
      return method === 'POST' ? { status: 400, body: 'no such thing' } : undefined
    }
    nifi.faults.refuseConnection = () => isRefused
    const error = errorOf((await world.create(flow()))[0])
    assert.deepEqual([error.code, error.message], ['REJECTED', 'no such thing'])
  })
})
