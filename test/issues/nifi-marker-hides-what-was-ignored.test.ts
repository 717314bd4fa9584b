/** What NiFi had left as it was of a definition was in sync for ever: the marker said that it had taken it as a whole. */
import assert from 'node:assert/strict'
import type { Group } from '../../reconcilers/nifi/flow/definition/model.ts'
import { flow, heartbeat, processor, World, withProcessors } from '../reconcilers/nifi/flow/write/world.ts'

const changed = withProcessors(
  processor('gen', { 'File Size': '2KB' }, { penaltyDuration: '33 sec' }),
  processor('log')
)

describe('a field that NiFi leaves as it is', () => {
  it('is found again after every write that NiFi acknowledged, while what it has made of a property is not', async () => {
    const world = new World()
    await world.create(flow())
    world.nifi.faults.ignoredFields = ['penaltyDuration']
    for (let cycle = 0; cycle < 4; cycle += 1) {
      assert.equal((await world.cycle(flow(changed)))?.result, 'done')
      if (cycle > 0)
        assert.deepEqual(
          world.fields.map(({ path }) => path),
          ['processors.gen.penaltyDuration']
        )
    }
    assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
    delete world.nifi.faults.ignoredFields
    await world.converge(flow(changed))
    assert.equal(world.nifi.component('gen').body['penaltyDuration'], '33 sec')
  })

  it('is found too where only the group inside has another parameter context, which is bound by a request of its own', async () => {
    const world = new World()
    const [one, two] = [world.nifi.addContext('one', { size: '1KB' }), world.nifi.addContext('two', { size: '2KB' })]
    const inner = (context: string): Group => ({
      ...heartbeat,
      processGroups: [
        {
          identifier: 'inner',
          name: 'inner',
          parameterContextName: context,
          processors: [processor('inner/gen', { 'File Size': '#{size}' })]
        }
      ]
    })
    await world.create(flow(inner('one')))
    const live = () => world.nifi.named('heartbeat')[0]?.groups[0]
    assert.equal(live()?.context, one.id)
    const bounces = world.nifi.component('gen').bounces
    assert.deepEqual(
      (await world.converge(flow(inner('two')))).map(({ result }) => result),
      ['done']
    )
    assert.equal(live()?.context, two.id)
    assert.equal(world.nifi.component('inner/gen').state, 'RUNNING')
    assert.equal(world.nifi.component('gen').bounces, bounces)
    assert.equal(world.nifi.of('POST', /replace-requests/).length, 0)
    // On the canvas.
    Object.assign(live() ?? {}, { context: one.id })
    assert.deepEqual(
      (await world.converge(flow(inner('two')))).map(({ result }) => result),
      ['done']
    )
    assert.equal(live()?.context, two.id)
  })

  it('binds nothing where the context is neither there nor brought along', async () => {
    const world = new World()
    world.nifi.addContext('one', {})
    const inner = (context: string): Group => ({
      ...heartbeat,
      processGroups: [{ identifier: 'inner', name: 'inner', parameterContextName: context }]
    })
    await world.create(flow(inner('one')))
    const result = await world.cycle(flow(inner('gone')))
    assert.ok(result?.result === 'failed' && result.error.code === 'UNAVAILABLE')
    assert.match(result.error.message, /expected a parameter context, found no "gone"/)
  })
})
