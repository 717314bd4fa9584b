import assert from 'node:assert/strict'
import { errorOf, flow, heartbeat, processor, World } from './world.ts'

describe('a cluster with a node that is not connected', () => {
  it('has no flow changed, which continues as soon as all are back', async () => {
    const world = new World()
    await world.converge(flow())
    const changed = flow({ ...heartbeat, processors: [processor('gen', { 'File Size': '2KB' }), processor('log')] })
    world.nifi.connectedNodes = [1, 2]
    world.nifi.asked.length = 0
    assert.equal(errorOf(await world.cycle(changed)).code, 'UNAVAILABLE')
    assert.deepEqual(
      world.nifi.asked.filter(({ method }) => method !== 'GET'),
      []
    )
    world.nifi.connectedNodes = [2, 2]
    await world.converge(changed)
    assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
  })
})
