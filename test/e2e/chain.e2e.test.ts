import assert from 'node:assert/strict'
import { eventually } from '../live/eventually.ts'
import type { Hand, LiveTopic } from '../live/kafka/hand.ts'
import { rounds } from '../rounds.ts'
import { brokerOrSkip } from './broker.ts'
import { Chain, serverWithFluxOrSkip } from './chain.ts'
import { declareTopics, retention, topic } from './topics.ts'

const pushes = rounds(3, 20)

describe('a commit of a topic', function () {
  this.timeout(300_000)
  let chain: Chain | undefined
  let hand: Hand
  let first = ''
  let change = 0
  const open = (): Chain => chain ?? assert.fail('no chain')

  before(async function () {
    const server = await serverWithFluxOrSkip(this)
    const broker = await brokerOrSkip(this)
    hand = broker.hand
    chain = await Chain.open(server, { service: 'kafka', env: { KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap } })
    first = await chain.copy.push('Declare the environment')
    await chain.startSidecar()
  })

  after(async () => {
    await chain?.stop()
    await hand?.close()
  })

  /** One more good commit, with another value than all before. */
  async function push(): Promise<string> {
    const value = retention((change += 1))
    await declareTopics(open().copy, { config: { 'retention.ms': value } })
    await open().copy.push(`Keep events for ${value} ms`)
    return value
  }

  const live = async (): Promise<LiveTopic | undefined> => (await hand.topics([topic])).get(topic)

  it('reaches a real broker through Flux, the kubelet and the bundle of the image', async () => {
    await eventually(
      async () => assert.deepEqual(await live(), { partitions: 1, replicationFactor: 1, config: {} }),
      120_000
    )
    await open().untilApplied(first)
    await eventually(async () =>
      assert.equal((await hand.cluster())['message.max.bytes'], '1048588', 'the second map of the volume')
    )
  })

  it(`arrives, each of ${pushes} in a row, and none after a later one`, async () => {
    const since = (await open().sidecar.lines()).length
    const values: string[] = []
    for (let turn = 1; turn <= pushes; turn += 1) {
      const value = await push()
      values.push(value)
      await eventually(async () => assert.equal((await live())?.config['retention.ms'], value), 120_000)
    }
    const isLast = (line: { readonly message: string }): boolean => line.message.includes(values.at(-1) ?? '')
    await open().sidecar.waitForLine((line) => line['result'] === 'done' && isLast(line), { since })
    const lines = (await open().sidecar.lines()).slice(since)
    const written = lines
      .filter(({ result, key }) => result === 'done' && key === `kafka/topic/${topic}`)
      .map(({ message }) => message)
    assert.equal(written.length, pushes, written.join('\n'))
    written.forEach((message, index) => assert.match(message, new RegExp(values[index] ?? 'none')))
  })

  it('is not lost among others that follow before it has arrived: the last one wins', async () => {
    let value = ''
    for (let turn = 1; turn <= 5; turn += 1) value = await push()
    await eventually(async () => assert.equal((await live())?.config['retention.ms'], value), 120_000)
  })
})
