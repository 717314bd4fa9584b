import assert from 'node:assert/strict'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { liveBrokers } from '../../servers/kafka-probe.ts'
import { freePort } from '../../servers/ports.ts'
import { readFailure } from './documents.ts'
import { clients, clusterOrSkip, eventually, openScene, sharedClusterOrSkip, type LogRecord } from './harness.ts'
import { Wiretap } from './wiretap.ts'

const isBlind = ({ status }: LogRecord) => status === 'blind'
const inSync = ({ status }: LogRecord) => status === 'in-sync'

describe('a broker that hangs (SIGSTOP)', function () {
  this.timeout(180_000)
  let cluster: KafkaCluster

  before(async function () {
    cluster = await sharedClusterOrSkip(this)
  })

  const node = () => cluster.nodes[0] ?? assert.fail('no node')

  for (const { client, hangMs, timeout } of [
    { client: 'platformatic', hangMs: 20_000, timeout: undefined },
    { client: 'kafkajs', hangMs: 6_000, timeout: '2s' }
  ] as const) {
    it(`leaves the sidecar blind within ${timeout ?? 'the default of 10s'}, creates nothing, and is found again, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      const kept = { kept: { config: { 'retention.ms': '3600000' } } }
      await scene.declare(kept)
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms', ...(timeout && { REQUEST_TIMEOUT: timeout }) })
      await sidecar.waitForLine(inSync)

      const since = sidecar.lines().length
      const start = performance.now()
      await node().pause()
      try {
        // A new topic is declared while nobody can look: it has to wait.
        await scene.declare({ ...kept, later: {} })
        const deadline = timeout === undefined ? 10_000 : 2_000
        const blind = await sidecar.waitForLine(isBlind, { since, ms: deadline * 2 + 3_000 })
        assert.equal(blind.level, 'error')
        assert.match(blind.message, /\(TIMEOUT\)/)
        const at = performance.now() - start
        assert.ok(at >= deadline - 500, `blind after ${Math.round(at)} ms, before the deadline`)
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, hangMs - at)))
        const said = sidecar.lines().slice(since)
        assert.deepEqual(said.filter(({ key }) => key !== undefined), [], 'nothing is written, and nothing said of any item, while blind')
        assert.equal(said.some(({ orphans }) => orphans !== undefined), false)
      } finally {
        node().resume()
      }
      await sidecar.waitForLine(({ message }) => message.startsWith(`${scene.key('later')} created`), { since })
      await sidecar.waitForLine(inSync, { since: sidecar.lines().length })
      assert.equal(await sidecar.stop(), 0)
      assert.deepEqual(await scene.hand.names(scene.prefix), [scene.name('kept'), scene.name('later')])
    })
  }

  it('ends diff and apply with 2, blind, by --timeout', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    await scene.declare({ made: {} })
    await node().pause()
    try {
      const start = performance.now()
      const patience = [['diff', '2s', '10s'], ['diff', '10s', '2s'], ['apply', '3s', '2s']] as const
      const runs = clients.flatMap((client) =>
        patience.map(([verb, timeout, request]) => scene.run(verb, ['--timeout', timeout], { KAFKA_CLIENT: client, REQUEST_TIMEOUT: request }))
      )
      for (const { code, stdout } of await Promise.all(runs)) {
        assert.equal(code, 2, stdout)
        const { status, error } = readFailure(stdout)
        assert.equal(status, 'blind')
        assert.equal(error.code, 'TIMEOUT')
      }
      assert.ok(performance.now() - start < 30_000, `took ${Math.round(performance.now() - start)} ms`)
    } finally {
      node().resume()
    }
    await eventually(() => scene.hand.clusterId())
    assert.deepEqual(await scene.hand.names(scene.prefix), [])
  })

  it('does not keep the sidecar from ending with 0', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    await scene.declare({})
    const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '200ms' })
    await sidecar.waitForLine(inSync)
    await node().pause()
    try {
      await new Promise((resolve) => setTimeout(resolve, 500))
      const start = performance.now()
      assert.equal(await sidecar.stop(), 0)
      assert.ok(performance.now() - start < 10_000)
    } finally {
      node().resume()
    }
  })
})

describe('a broker that is not there yet', function () {
  this.timeout(120_000)

  for (const client of clients) {
    it(`is waited for by sidecar and apply alike, through ${client}`, async function () {
      const port = await freePort()
      const scene = await openScene(`127.0.0.1:${port}`, client)
      await scene.declare({ made: {} })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms' })
      const blind = await sidecar.waitForLine(isBlind)
      assert.match(blind.message, new RegExp(`127\\.0\\.0\\.1:${port}.*\\(UNREACHABLE\\)`))
      const apply = scene.run('apply', ['--timeout', '60s'])
      const cluster = await clusterOrSkip(this, { properties: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}` } })
      const door = await Wiretap.start(port, () => cluster.nodes[0]?.port ?? 0)
      try {
        await sidecar.waitForLine(inSync)
        assert.ok(sidecar.running)
        assert.equal((await apply).code, 0)
        assert.equal(await sidecar.stop(), 0)
        assert.deepEqual(await scene.hand.names(scene.prefix), [scene.name('made')])
      } finally {
        await door.stop()
        await cluster.stop()
      }
    })
  }
})

describe('three brokers', function () {
  this.timeout(180_000)
  let cluster: KafkaCluster

  before(async function () {
    cluster = await clusterOrSkip(this, { nodes: 3 })
  })

  after(() => cluster?.stop())

  for (const client of clients) {
    it(`hold topics of replication factor 3, and none of 4, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      await scene.declare({ three: { partitions: 3, 'replication-factor': 3, config: { 'min.insync.replicas': '2' } }, usual: {}, four: { 'replication-factor': 4 } })
      const { code, document } = await scene.apply()
      assert.equal(code, 1)
      assert.match(document.outcomes.find(({ key }) => key === scene.key('four'))?.why ?? '', /needs 4 live brokers, there are 3/)
      // The broker asked here need not have heard yet what another has answered.
      await eventually(async () => {
        const live = await scene.hand.topics(['three', 'usual', 'four'].map((short) => scene.name(short)))
        assert.deepEqual([...live].map(([name, { replicationFactor }]) => [name, replicationFactor]), [[scene.name('three'), 3], [scene.name('usual'), 3]])
      })
    })

    it(`lose one in the middle of an apply and get it back: it converges by itself, and only what is done is called done, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`t${index}`, { partitions: 6, 'replication-factor': 3, config: { 'retention.ms': '3600000' } }]))
      await scene.declare(many)
      const apply = scene.apply(['--timeout', '120s'], { MAX_CONCURRENCY: '1', REQUEST_TIMEOUT: '5s' })
      await eventually(async () => assert.notEqual((await scene.hand.names(scene.prefix)).length, 0))
      const [victim] = cluster.nodes
      // The first bootstrap server, to which the apply is connected.
      await victim?.kill()
      await victim?.restart()
      const { code, document } = await apply
      const left = document.outcomes.filter(({ result }) => result !== 'done' && result !== 'unchanged')
      // A broker that is back is not live at once: what is looked at just then is held, with which apply ends.
      assert.deepEqual(left.filter(({ why }) => why !== 'replication factor 3 needs 3 live brokers, there are 2'), [])
      assert.equal(code, left.length === 0 ? 0 : 1)
      await eventually(async () => assert.equal((await scene.apply()).code, 0), 60_000)
      assert.equal(new Set(document.outcomes.map(({ key }) => key)).size, 300)
      const names = Object.keys(many).map((short) => scene.name(short))
      await eventually(async () => {
        const live = await scene.hand.topics(names)
        assert.equal([...live.values()].filter(({ partitions, replicationFactor, config }) => partitions === 6 && replicationFactor === 3 && config['retention.ms'] === '3600000').length, 300)
        assert.equal((await scene.diff()).code, 0)
      })
      await scene.hand.delete(names)
    })
  }

  it('hold what needs more brokers than are alive, and create it when they are back', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    await scene.declare({ kept: { 'replication-factor': 3 } })
    const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '1s', REQUEST_TIMEOUT: '3s' })
    await sidecar.waitForLine(inSync)
    const [witness, , victim] = cluster.nodes
    await victim?.kill()
    // A broker counts as alive until its session with the controller is over.
    await eventually(async () => assert.equal((await liveBrokers(witness?.port ?? 0)).length, 2), 60_000)
    await scene.declare({ kept: { 'replication-factor': 3 }, later: { 'replication-factor': 3 } })
    const { code, document } = await scene.diff()
    assert.equal(code, 1)
    assert.deepEqual(document.changes.map(({ key, verb, why }) => [key, verb, why]), [[scene.key('later'), 'hold', 'replication factor 3 needs 3 live brokers, there are 2']])
    const since = sidecar.lines().length
    await victim?.restart()
    await sidecar.waitForLine(({ message }) => message.startsWith(`${scene.key('later')} created`), { since, ms: 60_000 })
    assert.equal(await sidecar.stop(), 0)
  })
})
