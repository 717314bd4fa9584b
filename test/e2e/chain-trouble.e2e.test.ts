import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { infometis } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import type { Hand } from '../live/kafka/hand.ts'
import { brokerOrSkip } from './broker.ts'
import { Chain, serverWithFluxOrSkip } from './chain.ts'
import { declareTopics, overrideTopics, retention, topic } from './topics.ts'

/** What an API server takes in one ConfigMap. */
const largest = 1_048_576

describe('trouble on the way of a commit', function () {
  this.timeout(300_000)
  let chain: Chain | undefined
  let hand: Hand
  let change = 0
  const open = (): Chain => chain ?? assert.fail('no chain')

  before(async function () {
    const server = await serverWithFluxOrSkip(this)
    const broker = await brokerOrSkip(this)
    hand = broker.hand
    chain = await Chain.open(server, { service: 'kafka', env: { KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap } })
    await chain.copy.push('Declare the environment')
    await chain.startSidecar()
    await arrives()
  })

  after(async () => {
    await chain?.stop()
    await hand?.close()
  })

  const retained = async (): Promise<string | null | undefined> =>
    (await hand.topics([topic])).get(topic)?.config['retention.ms']

  /** One more good commit, all the way. */
  async function arrives(): Promise<string> {
    const value = retention((change += 1))
    await declareTopics(open().copy, { config: { 'retention.ms': value } })
    const commit = await open().copy.push(`Keep events for ${value} ms`)
    await open().untilApplied(commit)
    await eventually(async () => assert.equal(await retained(), value), 120_000)
    return value
  }

  const file = (): Promise<string> => readFile(join(open().sidecar.directory, 'topics.json'), 'utf8')
  const logged = async (): Promise<number> => (await open().sidecar.lines()).length

  it('a commit that kustomize cannot build: Flux says where, everything stays, and a revert heals', async () => {
    const value = await arrives()
    const [before, since] = [await file(), await logged()]
    await open().copy.write('environments/dev/kafka-topics-override.yaml', 'apiVersion: v1\nkind: [ConfigMap\n')
    const { ready, applied } = await open().untilRefused(await open().copy.push('Break the override'))
    assert.equal(ready.reason, 'BuildFailed')
    assert.match(ready.message, /kafka-topics-override\.yaml/)
    assert.ok(applied !== undefined, 'it knows what it applied before')
    assert.equal(await file(), before)
    assert.equal(await retained(), value)
    await open().untilApplied(await open().copy.revert())
    assert.equal(await file(), before)
    const found = (await open().sidecar.lines()).slice(since).filter((line) => line['foundBy'] !== undefined)
    assert.deepEqual(found, [], 'the sidecar has not heard of any of it')
    await arrives()
  })

  it('a commit that the sidecar refuses: Flux cannot know, the log says where, the topic stays, and a revert heals', async () => {
    const value = await arrives()
    const since = await logged()
    await overrideTopics(open().copy, `{\n  "${topic}": { "partitons": 2, "config": { "retention.ms": 1 } }\n}\n`)
    await open().untilApplied(await open().copy.push('Misspell a word'))
    const { message } = await open().sidecar.waitForLine(({ level }) => level === 'error', { since, ms: 120_000 })
    assert.match(message, /topics\.json:2:\d+.*partitons.*did you mean "partitions"/)
    assert.equal(await retained(), value)
    assert.ok(open().sidecar.running)
    const healedSince = await logged()
    await open().untilApplied(await open().copy.revert())
    await open().sidecar.waitForLine(({ status }) => status === 'in-sync', { since: healedSince, ms: 120_000 })
    assert.equal(await retained(), value)
    await arrives()
  })

  it('a ConfigMap that somebody deletes: the files stay, nothing is deleted, and Flux puts it back', async () => {
    const value = await arrives()
    const before = await file()
    const deleted = `configmap ${open().namespace}/kafka-topics-desired not found`
    const heard = async (): Promise<number> => (await open().sidecar.mirror.log()).split(deleted).length
    const known = await heard()
    await open().kubectl('delete', 'configmap', 'kafka-topics-desired')
    await eventually(async () => assert.ok((await heard()) > known, 'the kubelet has not heard of it yet'), 60_000)
    assert.equal(await file(), before)
    assert.equal(await retained(), value)
    await open().reconcile()
    await eventually(() => open().kubectl('get', 'configmap', 'kafka-topics-desired'), 120_000)
    assert.equal(await retained(), value)
    await arrives()
  })

  it('a ConfigMap that is too large: validate refuses it before the API server does', async () => {
    const value = await arrives()
    await overrideTopics(open().copy, `{\n  # ${'x'.repeat(largest)}\n  "${topic}": { "partitions": 1 }\n}\n`)
    const input = await open().kubectl('kustomize', join(open().copy.directory, 'environments/dev'))
    const { code, stdout } = await infometis(['validate', 'kafka', '--config', '-'], { input })
    assert.equal(code, 1)
    assert.match(stdout, /expected at most 1048576 bytes in one ConfigMap, found \d+ in ConfigMap kafka-topics-desired/)
    const { ready } = await open().untilRefused(await open().copy.push('Declare far too much'))
    assert.match(ready.message, /kafka-topics-desired.*Too long/s)
    assert.equal(await retained(), value)
    await open().untilApplied(await open().copy.revert())
    await arrives()
  })
})
