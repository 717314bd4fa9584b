/**
 * Passes over some topics on a real broker: what they cost, and what the broker refuses that they do not look at.
 */
import assert from 'node:assert/strict'
import type { KafkaAdmin } from '../../../reconcilers/kafka/admin.ts'
import { topicResource } from '../../../reconcilers/kafka/topic/index.ts'
import type { TopicSpec } from '../../../reconcilers/kafka/topic/state.ts'
import type { Cycle } from '../../../src/contract.ts'
import { testCall, testCycle } from '../../../src/testing/cycle.ts'
import { desired } from '../../reconcilers/kafka/entries.ts'
import { adminFor } from '../../reconcilers/kafka/adapters/harness.ts'
import { rounds } from '../../rounds.ts'
import { clients, openScene, tappedClusterOrSkip, type ClientName, type Scene, type TappedCluster } from './harness.ts'

const few = 10
const many = rounds(300, 1_000)

/** `replication-factor` and `min.insync.replicas` are declared: what they are by default costs a request. */
const spec = { 'replication-factor': 1, config: { 'min.insync.replicas': '1', 'retention.ms': '604800000' } }

function passOver(specs: Readonly<Record<string, TopicSpec>>) {
  const items = Object.entries(specs).map(([name, each]) => desired('topic', name, each))
  const cycle: Cycle = testCycle({ scope: new Set(items.map(({ key }) => key)), declared: new Map([['topic', items]]) })
  return { items, cycle }
}

for (const client of clients) {
  describe(`a pass over one topic, through ${client}`, function () {
    this.timeout(180_000)
    let tapped: TappedCluster
    let scene: Scene
    let admin: KafkaAdmin

    before(async function () {
      tapped = await tappedClusterOrSkip(this)
      scene = await openScene(tapped.cluster.bootstrap, client)
      admin = adminFor(client, tapped.bootstrap)
      await scene.hand.create({ [scene.name('changed')]: { config: spec.config } })
    })

    after(async () => {
      await admin?.close()
      // Whoever shares the broker would list them all.
      await scene?.hand.delete(await scene.hand.names(scene.prefix))
    })

    /** What a pass over these topics asks, after one over everything. */
    async function costs(specs: Readonly<Record<string, TopicSpec>>): Promise<Readonly<Record<string, number>>> {
      const topics = topicResource(admin)
      await topics.observe([], testCycle())
      const { items, cycle } = passOver(specs)
      tapped.wiretap.take()
      await topics.observe(items, cycle)
      return tapped.wiretap.take()
    }

    it(`costs the same among ${few} and among ${many} others`, async () => {
      const [changed, fresh] = [scene.name('changed'), scene.name('fresh')]
      for (const count of [few, many]) {
        const others = Array.from({ length: count }, (_, index) => scene.name(`other-${count}-${index}`))
        await scene.hand.create(Object.fromEntries(others.map((name) => [name, {}])))
        assertCosts(client, 'inSync', await costs({ [changed]: spec }))
        assertCosts(client, 'changed', await costs({ [changed]: { ...spec, config: { 'retention.ms': '604800001' } } }))
        assertCosts(client, 'fresh', await costs({ [fresh]: spec }))
      }
    })

    it('does not create a topic whose name collides with one it does not look at: the broker refuses', async () => {
      await scene.hand.create({ [scene.name('a.b')]: {} })
      const { items, cycle } = passOver({ [scene.name('a_b')]: spec })
      const topics = topicResource(admin)
      const { facts } = await topics.observe(items, cycle)
      const [result] = (await topics.create?.(items, testCall({ facts }))) ?? []
      assert.ok(result?.result === 'failed')
      assert.equal(result.error.code, 'REJECTED')
    })

    it('does not create a topic with a key that nobody could be asked about: the broker refuses', async () => {
      const { items, cycle } = passOver({ [scene.name('unasked')]: { config: { 'no.such': '1' } } })
      const topics = topicResource(admin)
      const { facts } = await topics.observe(items, cycle)
      assert.deepEqual([...facts.unaskedKeys], ['no.such'])
      const [result] = (await topics.create?.(items, testCall({ facts }))) ?? []
      assert.ok(result?.result === 'failed')
      assert.equal(result.error.code, 'REJECTED')
    })
  })
}

type Requests = Readonly<Record<string, number>>
type Pass = 'inSync' | 'changed' | 'fresh'

const expected: Readonly<Record<ClientName, Readonly<Record<Pass, Requests>>>> = {
  platformatic: {
    inSync: { Metadata: 1, DescribeConfigs: 1 },
    // What decides with the key that differs is asked as well.
    changed: { Metadata: 1, DescribeConfigs: 2 },
    fresh: { Metadata: 1, DescribeConfigs: 1 }
  },
  // Every call begins with the metadata of all topics. They are listed twice, and one that is not among them is asked
  // for by name.
  kafkajs: {
    inSync: { Metadata: 5, DescribeConfigs: 1 },
    changed: { Metadata: 6, DescribeConfigs: 2 },
    fresh: { Metadata: 6, DescribeConfigs: 1 }
  }
}

function assertCosts(client: ClientName, pass: Pass, seen: Requests): void {
  const wanted = expected[client][pass]
  // kafkajs leaves out metadata that it has read in the same millisecond.
  const { Metadata = 0 } = client === 'kafkajs' ? seen : wanted
  assert.ok(Metadata <= (wanted['Metadata'] ?? 0), `${pass}: ${Metadata} requests for metadata`)
  assert.deepEqual(seen, { ...wanted, Metadata })
}
