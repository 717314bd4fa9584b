import assert from 'node:assert/strict'
import type { FlowSpec } from '../../../../../../reconcilers/nifi/flow/schema.ts'
import { errorOf, flow, heartbeat, World } from '../world.ts'

const unconnected = { ...heartbeat, connections: [] }

/** Running, with FlowFiles in the connection that the new definition lacks. */
async function holding(more: Partial<FlowSpec> = {}): Promise<World> {
  const world = new World()
  if (typeof more.parameterContext === 'string')
    world.nifi.contexts.push({ id: 'p-1', name: more.parameterContext, parameters: {} })
  await world.create(flow(heartbeat, more))
  world.nifi.component('c1').queued = 5
  world.nifi.asked.length = 0
  return world
}

function writesOf({ nifi }: World): readonly string[] {
  return nifi.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
}

describe('rights that a write will need', () => {
  for (const onRemovedQueues of ['drop', 'drain'] as const) {
    it(`to modify the group are there before queues are touched (${onRemovedQueues})`, async () => {
      const world = await holding()
      world.nifi.rights.modify = false
      const error = errorOf(await world.cycle(flow(unconnected, { onRemovedQueues })))
      assert.equal(error.code, 'NOT_PERMITTED')
      assert.match(
        error.message,
        /^the process group "heartbeat" may not be modified: grant "modify the component" on it \(write \/process-groups\//
      )
      assert.deepEqual([writesOf(world), world.nifi.component('c1').queued], [[], 5])
    })

    it(`to modify its context are there before queues are touched (${onRemovedQueues})`, async () => {
      const world = await holding({ parameterContext: 'ctx' })
      world.nifi.rights.contexts = false
      const error = errorOf(await world.cycle(flow(unconnected, { onRemovedQueues, parameterContext: 'ctx' })))
      assert.equal(error.code, 'NOT_PERMITTED')
      assert.match(
        error.message,
        /^the parameter context "ctx" may not be modified, .*: grant "access parameter contexts", modify \(write \/parameter-contexts\), or .*\/parameter-contexts\/p-1\)$/
      )
      assert.deepEqual([writesOf(world), world.nifi.component('c1').queued], [[], 5])
    })
  }

  it('to a context that the flow does not use are not asked for', async () => {
    const world = await holding()
    world.nifi.contexts.push({ id: 'p-2', name: 'of others', parameters: {} })
    world.nifi.rights.contexts = false
    await world.converge(flow(unconnected, { onRemovedQueues: 'drop' }))
    assert.ok(!world.nifi.has('c1'))
  })

  it('to start are missed by name, once, where NiFi would leave out what may not be operated and say nothing', async () => {
    const world = await holding()
    world.nifi.component('gen').state = 'STOPPED'
    Object.assign(world.nifi.rights, { modify: false, operate: false })
    const error = errorOf(await world.cycle(flow(heartbeat)))
    assert.equal(error.code, 'NOT_PERMITTED')
    assert.equal(
      error.message,
      'processors.gen may not be started or stopped: grant "operate the component", or "modify the component", on the process group around it'
    )
    assert.deepEqual(writesOf(world), [])
  })

  it('to stop are missed by name', async () => {
    const world = await holding()
    Object.assign(world.nifi.rights, { modify: false, operate: false })
    const error = errorOf(await world.cycle(flow(heartbeat, { state: 'STOPPED' })))
    assert.equal(error.code, 'NOT_PERMITTED')
    assert.match(error.message, /^processors\.gen may not be started or stopped: .*; processors\.log may not/)
  })

  it('to operate are enough to start', async () => {
    const world = await holding()
    world.nifi.component('gen').state = 'STOPPED'
    world.nifi.rights.modify = false
    assert.equal((await world.cycle(flow(heartbeat)))?.result, 'done')
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
  })
})
