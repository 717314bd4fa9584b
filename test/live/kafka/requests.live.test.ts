import assert from 'node:assert/strict'
import { rounds } from '../../rounds.ts'
import { eventually, openScene, tappedClusterOrSkip, type Declaration, type Scene } from './harness.ts'
import type { Wiretap } from './wiretap.ts'

/** More than fit into one request. */
const count = rounds(500, 1_000)
const partitions = 1
const config = { 'retention.ms': '3600000', 'segment.ms': '3600000', 'max.message.bytes': '2000000' }

/** Records a topic makes, against the budget of one request: itself, its partitions, its configuration. */
const recordBudget = 2_000
const recordsPerTopic = 1 + partitions + Object.keys(config).length

describe(`${count} topics`, function () {
  this.timeout(180_000)
  let bootstrap: string
  let wiretap: Wiretap
  const topics: Readonly<Record<string, Declaration>> = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`topic-${index}`, { partitions, config }])
  )

  before(async function () {
    const tapped = await tappedClusterOrSkip(this)
    bootstrap = tapped.bootstrap
    wiretap = tapped.wiretap
  })

  /** What a command asked of the broker. */
  async function asked<T>(
    command: () => Promise<T>
  ): Promise<{ readonly result: T; readonly requests: Readonly<Record<string, number>> }> {
    wiretap.take()
    const result = await command()
    return { result, requests: wiretap.take() }
  }

  it('are created with one request per record budget, and seen converged', async () => {
    const scene = await openScene(bootstrap, 'platformatic')
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

  /** Another one at each attempt. */
  let retentionMs = 7_200_000
  let existing: Scene
  let last: Scene | undefined

  // Whoever shares the broker would list them all.
  after(async () => {
    if (last !== undefined) await last.hand.delete(await last.hand.names(last.prefix))
  })

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
    const sidecar = existing.sidecar({ RECONCILE_INTERVAL: '300ms', LOG_LEVEL: 'debug' })
    await sidecar.waitForLine(({ status }) => status === 'in-sync')
    const since = sidecar.lines().length
    const cycles = () =>
      sidecar
        .lines()
        .slice(since)
        .filter(({ status }) => status === 'in-sync').length
    wiretap.take()
    await eventually(() => Promise.resolve(assert.ok(cycles() >= 5)))
    assert.equal(await sidecar.stop(), 0)
    const { Metadata = 0, DescribeConfigs = 0, ...others } = wiretap.take()
    assert.deepEqual(others, {})
    // Counting may begin and end in the middle of a cycle.
    for (const requests of [Metadata, DescribeConfigs])
      assert.ok(Math.abs(requests - cycles()) <= 1, `${requests} requests in ${cycles()} cycles`)
  })

  it('get the differences in one request, and only the differences', async () => {
    retentionMs += 1
    const changed = Object.fromEntries(
      Object.entries(topics)
        .slice(0, 50)
        .map(([name]) => [name, { partitions, config: { ...config, 'retention.ms': String(retentionMs) } }])
    )
    await existing.declare({ ...topics, ...changed })
    const { result, requests } = await asked(() => existing.apply())
    assert.equal(result.code, 0)
    assert.equal(requests['IncrementalAlterConfigs'], 1)
    assert.equal(result.document.outcomes.length, 50)
  })

  it('are created through kafkajs with one request per record budget, too', async () => {
    await existing.hand.delete(await existing.hand.names(existing.prefix))
    const scene = await openScene(bootstrap, 'kafkajs')
    last = scene
    await scene.declare(topics)
    const { result, requests } = await asked(() => scene.apply())
    assert.equal(result.code, 0)
    assert.equal(requests['CreateTopics'], Math.ceil(count / Math.floor(recordBudget / recordsPerTopic)))
    assert.equal((await scene.diff()).code, 0)
  })
})
