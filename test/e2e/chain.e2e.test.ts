import assert from 'node:assert/strict'
import { eventually } from '../live/eventually.ts'
import { clusterOrSkip } from '../live/kafka/harness.ts'
import { Hand, type LiveTopic } from '../live/kafka/hand.ts'
import type { KafkaCluster } from '../servers/kafka.ts'
import { Chain, serverWithFluxOrSkip } from './chain.ts'
import { declareTopics, retention, topic } from './topics.ts'

const pushes = 20

describe('a commit of a topic', function () {
  this.timeout(300_000)
  let cluster: KafkaCluster | undefined
  let chain: Chain | undefined
  let hand: Hand
  const open = (): Chain => chain ?? assert.fail('no chain')

  before(async function () {
    const server = await serverWithFluxOrSkip(this)
    cluster = await clusterOrSkip(this)
    hand = new Hand(cluster.bootstrap)
    chain = await Chain.open(server, { service: 'kafka', env: { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap } })
  })

  after(async () => {
    await chain?.stop()
    await hand?.close()
    await cluster?.stop()
  })

  const live = async (): Promise<LiveTopic | undefined> => (await hand.topics([topic])).get(topic)

  it('reaches a real broker through Flux, the kubelet and the bundle of the image', async () => {
    const commit = await open().copy.push('Declare the environment')
    await open().startSidecar()
    await eventually(async () => assert.deepEqual(await live(), { partitions: 1, replicationFactor: 1, config: {} }), 120_000)
    await open().untilApplied(commit)
    await eventually(async () => assert.equal((await hand.cluster())['message.max.bytes'], '1048588', 'the second map of the volume'))
  })

  it(`arrives, each of ${pushes} in a row, and none after a later one`, async () => {
    const since = (await open().sidecar.lines()).length
    for (let push = 1; push <= pushes; push += 1) {
      await declareTopics(open().copy, { config: { 'retention.ms': retention(push) } })
      await open().copy.push(`Keep events for ${retention(push)} ms`)
      await eventually(async () => assert.equal((await live())?.config['retention.ms'], retention(push)), 120_000)
    }
    const last = (line: { readonly message: string }): boolean => line.message.includes(retention(pushes))
    await open().sidecar.waitForLine((line) => line['result'] === 'done' && last(line), { since })
    const lines = (await open().sidecar.lines()).slice(since)
    const written = lines.filter(({ result, key }) => result === 'done' && key === `kafka/topic/${topic}`).map(({ message }) => message)
    assert.equal(written.length, pushes, written.join('\n'))
    written.forEach((message, index) => assert.match(message, new RegExp(retention(index + 1))))
  })

  it('is not lost among others that follow before it has arrived: the last one wins', async () => {
    for (let push = pushes + 1; push <= pushes + 5; push += 1) {
      await declareTopics(open().copy, { config: { 'retention.ms': retention(push) } })
      await open().copy.push(`Keep events for ${retention(push)} ms`)
    }
    await eventually(async () => assert.equal((await live())?.config['retention.ms'], retention(pushes + 5)), 120_000)
  })
})
