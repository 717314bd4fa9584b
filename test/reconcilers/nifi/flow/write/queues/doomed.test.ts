import assert from 'node:assert/strict'
import { readComments } from '../../../../../../reconcilers/nifi/flow/identity/marker.ts'
import type { FlowSpec } from '../../../../../../reconcilers/nifi/flow/schema.ts'
import { errorOf, flow, heartbeat, World } from '../world.ts'
import type { Body } from '../../../../../../reconcilers/nifi/json.ts'

const unconnected = { ...heartbeat, connections: [] }

/** Running, with so many FlowFiles in the connection that the new definition lacks. */
async function holding(queued: number, more: Partial<FlowSpec> = {}): Promise<World> {
  const world = new World()
  await world.create(flow(heartbeat, more))
  if (more.state === 'IGNORE') for (const name of ['gen', 'log']) world.nifi.component(name).state = 'RUNNING'
  world.nifi.component('c1').queued = queued
  return world
}

/** What runs takes out of the queue as time passes. */
function consuming(world: World, each: number): void {
  world.nifi.faults.before = () => {
    if (!world.nifi.has('c1')) return
    const connection = world.nifi.component('c1')
    if (world.nifi.component('log').state === 'RUNNING') connection.queued = Math.max(0, connection.queued - each)
    if (world.nifi.component('gen').state === 'RUNNING') connection.queued += each * 2
  }
}

describe('queues of connections that a definition removes', () => {
  it('are in nobody’s way while they are empty', async () => {
    const world = await holding(0)
    assert.equal((await world.cycle(flow(unconnected)))?.result, 'done')
    assert.ok(!world.nifi.has('c1'))
  })

  it('keep the definition from being replaced, by name and count, and nothing is stopped', async () => {
    const world = await holding(33)
    const error = errorOf(await world.cycle(flow(unconnected)))
    assert.equal(error.code, 'CONFLICT')
    assert.equal(error.message, 'connections.gen:success -> log holds 33 FlowFiles and would be removed')
    assert.equal(world.nifi.component('gen').bounces, 0)
    assert.equal(world.nifi.component('c1').queued, 33)
    assert.equal(world.nifi.of('POST', /replace/).length, 0)
  })

  it('keep a flow that is to run from nothing but the new definition', async () => {
    const world = await holding(33)
    world.nifi.component('log').state = 'STOPPED'
    assert.equal(errorOf(await world.cycle(flow(unconnected))).code, 'CONFLICT')
    assert.equal(world.nifi.component('log').state, 'RUNNING')
  })

  it('behind a funnel are drained by stopping what feeds the funnel', async () => {
    const end = (id: string, type: string): Body => ({ id, type })
    const [connection] = heartbeat.connections ?? []
    assert.ok(connection)
    const connections = [
      { ...connection, identifier: 'in', destination: end('f', 'FUNNEL') },
      { ...connection, identifier: 'out', source: end('f', 'FUNNEL'), selectedRelationships: [''] }
    ]
    const funnelled = { ...heartbeat, funnels: [{ identifier: 'f', position: { x: 0, y: 0 } }], connections }
    const world = new World()
    await world.create(flow(funnelled))
    world.nifi.component('out').queued = 60
    let fed = 0
    world.nifi.faults.before = () => {
      if (!world.nifi.has('out')) return
      const out = world.nifi.component('out')
      if (world.nifi.component('gen').state === 'RUNNING') fed += 1
      else out.queued = Math.max(0, out.queued - 1)
    }
    await world.converge(flow({ ...funnelled, connections: connections.slice(0, 1) }, { onRemovedQueues: 'drain' }))
    assert.ok(fed > 0 && !world.nifi.has('out') && world.nifi.has('in'))
  })

  it('that fill after they were counted leave everything as it was, told in NiFi’s words with names', async () => {
    const world = await holding(0)
    world.nifi.faults.before = ({ method, path }) => {
      if (method === 'GET' && path.includes('replace-requests')) world.nifi.component('c1').queued = 1
    }
    const error = errorOf(await world.cycle(flow(unconnected)))
    assert.equal(error.code, 'CONFLICT')
    assert.match(
      error.message,
      /match for Connection\[ID=connections\.gen:success -> log, Source ID=processors\.gen, Dest ID=processors\.log\] and the connection currently has data/
    )
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.component('c1').queued, 1)
  })

  it('are dropped where that is asked for, both ends stopped, counted, and nothing else is', async () => {
    const world = await holding(33)
    const declared = flow(unconnected, { onRemovedQueues: 'drop' })
    const said = await world.converge(declared)
    assert.deepEqual(said[0], {
      name: 'heartbeat',
      result: 'waiting',
      why: 'dropped 33 FlowFiles of connections.gen:success -> log'
    })
    assert.ok(!world.nifi.has('c1'))
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.component('log').state, 'RUNNING')
    assert.equal(world.nifi.of('POST', /drop-requests/).length, 1)
    assert.equal(world.nifi.leftRequests, 0)
  })

  it('are never dropped when they are empty', async () => {
    const world = await holding(0)
    await world.converge(flow(unconnected, { onRemovedQueues: 'drop' }))
    assert.equal(world.nifi.of('POST', /drop-requests/).length, 0)
  })

  it('are drained: what feeds them stops, what empties them runs on', async () => {
    const world = await holding(200)
    consuming(world, 1)
    const said = await world.converge(flow(unconnected, { onRemovedQueues: 'drain' }))
    assert.ok(
      said.some(
        (result) =>
          result.result === 'waiting' &&
          /draining: connections\.gen:success -> log holds \d+ FlowFiles/.test(result.why)
      )
    )
    assert.ok(!world.nifi.has('c1'))
    assert.equal(world.nifi.of('POST', /drop-requests/).length, 0)
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(readComments(world.nifi.named('heartbeat')[0]?.comments ?? '').marker?.drain, undefined)
  })

  it('that do not run empty in time are given up: what was stopped runs again, and nothing is lost', async () => {
    const world = await holding(200)
    const said = await world.converge(flow(unconnected, { onRemovedQueues: 'drain', drainTimeout: 25_000 }))
    const error = errorOf(said.at(-1))
    assert.equal(error.code, 'CONFLICT')
    assert.match(error.message, /holds 200 FlowFiles after draining for 25 s; restarted what was stopped for it/)
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.component('c1').queued, 200)
    assert.equal(readComments(world.nifi.named('heartbeat')[0]?.comments ?? '').marker?.drain, undefined)
  })

  it('are not waited for where nothing runs that would empty them', async () => {
    const world = await holding(5, { state: 'STOPPED' })
    const error = errorOf(await world.cycle(flow(unconnected, { state: 'STOPPED', onRemovedQueues: 'drain' })))
    assert.match(error.message, /holds 5 FlowFiles and nothing runs that would empty them/)
    assert.equal(world.nifi.of('PUT', /./).filter(({ path }) => path.includes('run-status')).length, 0)
  })

  for (const onRemovedQueues of ['drain', 'drop'] as const) {
    it(`leave what was stopped to ${onRemovedQueues} them running again, where run states are left to people`, async () => {
      const world = await holding(20, { state: 'IGNORE' })
      consuming(world, 1)
      await world.converge(flow(unconnected, { state: 'IGNORE', onRemovedQueues }))
      assert.ok(!world.nifi.has('c1'))
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
      assert.equal(world.nifi.component('log').state, 'RUNNING')
      assert.equal(readComments(world.nifi.named('heartbeat')[0]?.comments ?? '').marker?.stopped, undefined)
    })
  }
})
