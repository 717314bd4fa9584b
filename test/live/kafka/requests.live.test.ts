import assert from 'node:assert/strict'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { clusterOrSkip, openScene, type Declaration, type Scene } from './harness.ts'
import { Wiretap } from './wiretap.ts'

const count = 1_000
const partitions = 1
const config = { 'retention.ms': '3600000', 'segment.ms': '3600000', 'max.message.bytes': '2000000' }

/** Records a topic makes, against the budget of one request: itself, its partitions, its configuration. */
const recordBudget = 2_000
const recordsPerTopic = 1 + partitions + Object.keys(config).length

describe('1,000 topics', function () {
  this.timeout(180_000)
  let cluster: KafkaCluster
  let wiretap: Wiretap
  const topics: Readonly<Record<string, Declaration>> = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`topic-${index}`, { partitions, config }])
  )

  before(async function () {
    const port = await freePort()
    // kafkajs goes where the broker says it is.
    cluster = await clusterOrSkip(this, { heap: '512m', properties: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}` } })
    wiretap = await Wiretap.start(port, () => cluster.nodes[0]?.port ?? 0)
  })

  after(async () => {
    await wiretap?.stop()
    await cluster?.stop()
  })

  /** What a command asked of the broker. */
  async function asked<T>(command: () => Promise<T>): Promise<{ readonly result: T; readonly requests: Readonly<Record<string, number>> }> {
    wiretap.take()
    const result = await command()
    return { result, requests: wiretap.take() }
  }

  const through = () => `127.0.0.1:${wiretap.port}`

  it('are created with one request per record budget, and seen converged', async () => {
    const scene = await openScene(through(), 'platformatic')
    await scene.declare(topics)
    const { result, requests } = await asked(() => scene.apply())
    assert.equal(result.code, 0)
    assert.equal(result.document.outcomes.filter((outcome) => outcome.result === 'done').length, count)
    assert.equal(requests['CreateTopics'], Math.ceil(count / Math.floor(recordBudget / recordsPerTopic)))
    const diff = await scene.diff()
    assert.equal(diff.code, 0)
    assert.equal(diff.document.counts.keep, count)
    existing = scene
  })

  let existing: Scene

  it('cost a diff two requests when nothing differs: one for metadata, one for configuration', async () => {
    const { result, requests } = await asked(() => existing.diff())
    assert.equal(result.code, 0)
    assert.deepEqual(requests, { Metadata: 1, DescribeConfigs: 1 })
  })

  it('are read and never written by a second apply', async () => {
    const { result, requests } = await asked(() => existing.apply())
    assert.equal(result.code, 0)
    assert.deepEqual(Object.keys(requests).toSorted(), ['DescribeConfigs', 'Metadata'])
  })

  it('are read and never written by a second apply through kafkajs', async () => {
    const { result, requests } = await asked(() => existing.apply([], { KAFKA_CLIENT: 'kafkajs' }))
    assert.equal(result.code, 0)
    assert.deepEqual(Object.keys(requests).toSorted(), ['DescribeConfigs', 'Metadata'])
  })

  it('cost every cycle of the sidecar two requests, over one connection', async () => {
    const sidecar = existing.sidecar({ RECONCILE_INTERVAL: '500ms', LOG_LEVEL: 'debug' })
    await sidecar.waitForLine(({ status }) => status === 'in-sync')
    const since = sidecar.lines().length
    wiretap.take()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    assert.equal(await sidecar.stop(), 0)
    const cycles = sidecar.lines().slice(since).filter(({ status }) => status === 'in-sync').length
    assert.ok(cycles >= 2, sidecar.output())
    const { Metadata, DescribeConfigs, ...others } = wiretap.take()
    assert.deepEqual(others, {})
    assert.equal(Metadata, DescribeConfigs)
    assert.ok((Metadata ?? 0) - cycles <= 1, 'the cycle that SIGTERM met may not be in the log')
  })

  it('get the differences in one request, and only the differences', async () => {
    const changed = Object.fromEntries(Object.entries(topics).slice(0, 50).map(([name]) => [name, { partitions, config: { ...config, 'retention.ms': '7200000' } }]))
    await existing.declare({ ...topics, ...changed })
    const { result, requests } = await asked(() => existing.apply())
    assert.equal(result.code, 0)
    assert.equal(requests['IncrementalAlterConfigs'], 1)
    assert.equal(result.document.outcomes.length, 50)
  })

  it('are created through kafkajs with one request per record budget, too', async () => {
    await existing.hand.delete(await existing.hand.names(existing.prefix))
    const scene = await openScene(through(), 'kafkajs')
    await scene.declare(topics)
    const { result, requests } = await asked(() => scene.apply())
    assert.equal(result.code, 0)
    assert.equal(requests['CreateTopics'], Math.ceil(count / Math.floor(recordBudget / recordsPerTopic)))
    assert.equal((await scene.diff()).code, 0)
  })
})
