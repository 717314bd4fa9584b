import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { entriesOf, eventually, openScene, sharedClusterOrSkip, type Declaration, type Scene } from './harness.ts'

const day = 86_400_000

/** Three records of a week and a half ago, which a retention of a week deletes. */
const old = { count: 3, ageMs: 10 * day }

describe('what a change of configuration really deletes', function () {
  this.timeout(90_000)
  let cluster: KafkaCluster

  before(async function () {
    // It looks for what to delete twice a second; a broker left alone does every five minutes.
    cluster = await sharedClusterOrSkip(this, '4.3.1')
  })

  const ends: readonly (readonly [string, Declaration])[] = [
    ['delete', { config: { 'cleanup.policy': 'delete' } }],
    ['a reset', { config: { 'cleanup.policy': null } }],
    ['leaving it out of an exact topic', { config: {}, reconcile: { exact: true } }]
  ]

  it('is what an empty cleanup.policy kept, as soon as that ends: held, and done when allowed', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    const kept = ends.map((_, index) => `kept${index}`)
    await scene.hand.create({
      [scene.name('witness')]: {},
      ...Object.fromEntries(kept.map((short) => [scene.name(short), { config: { 'cleanup.policy': '' } }]))
    })
    for (const short of kept) await scene.hand.produce(scene.name(short), old)
    await scene.hand.produce(scene.name('witness'), old)

    const topics = Object.fromEntries(ends.map(([, declaration], index) => [`kept${index}`, declaration]))
    await scene.declare({ ...topics, witness: {} })
    const held = await scene.apply()
    assert.equal(held.code, 1)
    for (const short of kept) assert.equal(entriesOf(held.document.outcomes, scene.key(short))['hold']?.result, 'held')
    assert.deepEqual(
      held.document.changes.map(({ verb, risk }) => `${verb} ${risk}`),
      kept.map(() => 'hold destructive')
    )

    // Records as old as these would be deleted wherever they are.
    await eventually(async () => assert.equal(await scene.hand.firstOffset(scene.name('witness')), old.count))
    for (const short of kept) assert.equal(await scene.hand.firstOffset(scene.name(short)), 0)

    await scene.declare({ ...topics, witness: {} }, { hold: [] })
    assert.equal((await scene.apply()).code, 0)
    await eventually(async () => {
      for (const short of kept) assert.equal(await scene.hand.firstOffset(scene.name(short)), old.count)
    })
  })

  it('is everything in remote storage of a topic that leaves it: held, and done when allowed', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    const topic = scene.name('tiered')
    const config = { 'remote.storage.enable': 'true', 'local.retention.ms': '1000', 'segment.bytes': '1048576' }
    await scene.hand.create({ [topic]: { config } })
    await scene.hand.produce(topic, { count: 25 })
    const segments = async (): Promise<number> => {
      const files = await readdir(cluster.remote ?? assert.fail('not tiered'), { recursive: true })
      return files.filter((file) => file.includes(topic) && file.endsWith('.log')).length
    }
    await eventually(async () => assert.ok((await segments()) >= 2))

    const off = { tiered: { config: { 'remote.storage.enable': false, 'remote.log.delete.on.disable': true } } }
    await scene.declare(off)
    const held = await scene.apply()
    assert.equal(held.code, 1)
    const { hold, update } = entriesOf(held.document.changes, scene.key('tiered'))
    assert.equal(hold?.risk, 'destructive')
    assert.deepEqual(
      hold?.fields?.map(({ path }) => path),
      ['config.remote.storage.enable']
    )
    assert.deepEqual(
      update?.fields?.map(({ path }) => path),
      ['config.remote.log.delete.on.disable']
    )
    assert.ok((await segments()) >= 2)

    await scene.declare(off, { hold: [] })
    assert.equal((await scene.apply()).code, 0)
    await eventually(async () => assert.equal(await segments(), 0))
  })

  it('is nothing where a retention falls that deletes nothing, which is done at once', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    await scene.hand.create({ [scene.name('kept')]: { config: { 'cleanup.policy': '' } } })
    await scene.hand.produce(scene.name('kept'), old)
    await scene.declare({ kept: { config: { 'cleanup.policy': '', 'retention.ms': 1_000, 'retention.bytes': 1 } } })
    assert.equal((await scene.apply()).code, 0)
    await witnessed(scene)
    assert.equal(await scene.hand.firstOffset(scene.name('kept')), 0)
  })
})

/** Resolves when the broker has looked for what to delete. */
async function witnessed(scene: Scene): Promise<void> {
  await scene.hand.create({ [scene.name('witness')]: {} })
  await scene.hand.produce(scene.name('witness'), old)
  await eventually(async () => assert.equal(await scene.hand.firstOffset(scene.name('witness')), old.count))
}
