import assert from 'node:assert/strict'
import { clients, entriesOf, Hand, openScene, tappedClusterOrSkip } from './harness.ts'
import type { Wiretap } from './wiretap.ts'

const declared = { partitions: 2, config: { 'retention.ms': '604800000' } }

describe('somebody else is faster, between our reading and our writing', function () {
  this.timeout(90_000)
  let bootstrap: string
  let wiretap: Wiretap
  let rival: Hand

  before(async function () {
    const tapped = await tappedClusterOrSkip(this)
    bootstrap = tapped.bootstrap
    wiretap = tapped.wiretap
    rival = new Hand(tapped.cluster.bootstrap)
  })

  after(() => rival?.close())

  for (const client of clients) {
    it(`and creates the same topic: it is unchanged, and its neighbour created, through ${client}`, async () => {
      const scene = await openScene(bootstrap, client)
      await scene.declare({ race: declared, other: declared })
      wiretap.ambush('CreateTopics', () => rival.create({ [scene.name('race')]: declared }))
      const { code, document } = await scene.apply()
      assert.equal(code, 0, JSON.stringify(document))
      assert.equal(entriesOf(document.outcomes, scene.key('race'))['create']?.result, 'unchanged')
      // kafkajs says only that all topics of the request exist now, not which of them did before.
      assert.equal(
        entriesOf(document.outcomes, scene.key('other'))['create']?.result,
        client === 'kafkajs' ? 'unchanged' : 'done'
      )
      assert.equal((await scene.hand.topic(scene.name('other')))?.partitions, 2)
    })

    it(`and creates it differently: it is planned again as an update, through ${client}`, async () => {
      const scene = await openScene(bootstrap, client)
      await scene.declare({ race: declared })
      wiretap.ambush('CreateTopics', () =>
        rival.create({ [scene.name('race')]: { partitions: 1, config: { 'segment.ms': '7200000' } } })
      )
      const { code, document } = await scene.apply()
      assert.equal(code, 0, JSON.stringify(document))
      assert.equal(entriesOf(document.outcomes, scene.key('race'))['update']?.result, 'done')
      const live = await scene.hand.topic(scene.name('race'))
      assert.deepEqual(live, {
        partitions: 2,
        replicationFactor: 1,
        config: { 'retention.ms': '604800000', 'segment.ms': '7200000' }
      })
    })

    it(`and deletes the topic we change: it is created again, through ${client}`, async () => {
      const scene = await openScene(bootstrap, client)
      await scene.hand.create({ [scene.name('gone')]: {} })
      await scene.declare({ gone: { config: { 'retention.ms': '604800000' } } })
      wiretap.ambush(client === 'kafkajs' ? 'AlterConfigs' : 'IncrementalAlterConfigs', () =>
        rival.delete([scene.name('gone')])
      )
      const { code, document } = await scene.apply()
      assert.equal(code, 0, JSON.stringify(document))
      assert.equal(entriesOf(document.outcomes, scene.key('gone'))['create']?.result, 'done')
      assert.deepEqual((await scene.hand.topic(scene.name('gone')))?.config, { 'retention.ms': '604800000' })
    })

    it(`and deletes the topic we add partitions to: it is created with them, through ${client}`, async () => {
      const scene = await openScene(bootstrap, client)
      await scene.hand.create({ [scene.name('gone')]: {} })
      await scene.declare({ gone: { partitions: 3 } })
      wiretap.ambush('CreatePartitions', () => rival.delete([scene.name('gone')]))
      const { code, document } = await scene.apply()
      assert.equal(code, 0, JSON.stringify(document))
      assert.equal((await scene.hand.topic(scene.name('gone')))?.partitions, 3)
    })
  }

  it('and sets another key of the topic: it is still there, through platformatic', async () => {
    const scene = await openScene(bootstrap, 'platformatic')
    await scene.hand.create({ [scene.name('shared')]: {} })
    await scene.declare({ shared: { config: { 'retention.ms': '604800000' } } })
    wiretap.ambush('IncrementalAlterConfigs', () => rival.set(scene.name('shared'), { 'segment.ms': '7200000' }))
    assert.equal((await scene.apply()).code, 0)
    assert.deepEqual((await scene.hand.topic(scene.name('shared')))?.config, {
      'retention.ms': '604800000',
      'segment.ms': '7200000'
    })
  })
})
