import assert from 'node:assert/strict'
import { rounds } from '../../rounds.ts'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { liveBrokers } from '../../servers/kafka-probe.ts'
import { freePort } from '../../servers/ports.ts'
import { readApplied, readFailure } from './documents.ts'
import { clients, eventually, openScene, sharedClusterOrSkip, tappedClusterOrSkip, type LogRecord } from './harness.ts'
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

  // The default of 10 s takes its time.
  for (const { client, seconds } of [
    { client: 'platformatic', seconds: rounds(2, 10) },
    { client: 'kafkajs', seconds: 2 }
  ] as const) {
    it(`leaves the sidecar blind in ${seconds} s, creates nothing, and is found again, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      const kept = { kept: { config: { 'retention.ms': '3600000' } } }
      await scene.declare(kept)
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms', REQUEST_TIMEOUT: `${seconds}s` })
      await sidecar.waitForLine(inSync)

      const since = sidecar.lines().length
      const start = performance.now()
      await node().pause()
      try {
        // A new topic is declared while nobody can look: it has to wait.
        await scene.declare({ ...kept, later: {} })
        const deadline = seconds * 1_000
        const blind = await sidecar.waitForLine(isBlind, { since, ms: deadline * 2 + 3_000 })
        assert.equal(blind.level, 'error')
        assert.match(blind.message, /\(TIMEOUT\)/)
        const at = performance.now() - start
        assert.ok(at >= deadline - 500, `blind after ${Math.round(at)} ms, before the deadline`)
        // On a new connection, which the kernel accepts, it is as blind as on the one it had.
        await eventually(() => Promise.resolve(assert.ok(sidecar.lines().slice(since).filter(isBlind).length >= 2)))
        const said = sidecar.lines().slice(since)
        assert.deepEqual(
          said.filter(({ key }) => key !== undefined),
          [],
          'nothing is written, and nothing said of any item, while blind'
        )
        assert.equal(
          said.some(({ orphans }) => orphans !== undefined),
          false
        )
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
      const patience = [
        ['diff', '2s', '10s'],
        ['diff', '10s', '2s'],
        ['apply', '3s', '2s']
      ] as const
      const runs = clients.flatMap((client) =>
        patience.map(([verb, timeout, request]) =>
          scene.spawn(verb, ['--timeout', timeout], { KAFKA_CLIENT: client, REQUEST_TIMEOUT: request })
        )
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

  it('does not keep the sidecar from ending with 0', async function () {
    const { wiretap, bootstrap } = await tappedClusterOrSkip(this)
    const scene = await openScene(bootstrap, 'platformatic')
    await scene.declare({})
    const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '200ms' })
    await sidecar.waitForLine(inSync)
    await node().pause()
    try {
      wiretap.take()
      // What is asked now is not answered.
      await eventually(() => Promise.resolve(assert.ok((wiretap.take()['Metadata'] ?? 0) > 0)))
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
      const cluster = await sharedClusterOrSkip(this)
      const port = await freePort()
      const scene = await openScene(`127.0.0.1:${port}`, client)
      await scene.declare({ made: {} })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms' })
      const blind = await sidecar.waitForLine(isBlind)
      assert.match(blind.message, new RegExp(`127\\.0\\.0\\.1:${port}.*\\(UNREACHABLE\\)`))
      const apply = scene.spawn('apply', ['--timeout', '60s'])
      const door = await Wiretap.start(port, () => cluster.nodes[0]?.port ?? 0)
      try {
        await sidecar.waitForLine(inSync)
        assert.ok(sidecar.running)
        assert.equal((await apply).code, 0)
        assert.equal(await sidecar.stop(), 0)
        assert.deepEqual(await scene.hand.names(scene.prefix), [scene.name('made')])
      } finally {
        await door.stop()
      }
    })
  }
})

describe('three brokers', function () {
  this.timeout(180_000)
  let cluster: KafkaCluster

  before(async function () {
    cluster = await sharedClusterOrSkip(this, 'three')
  })

  // Other tests use it, too.
  afterEach(async () => {
    for (const node of cluster?.nodes ?? []) await node.ready(3)
  })

  for (const client of clients) {
    it(`hold topics of replication factor 3, and none of 4, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      await scene.declare({
        three: { partitions: 3, 'replication-factor': 3, config: { 'min.insync.replicas': '2' } },
        usual: {},
        four: { 'replication-factor': 4 }
      })
      const { code, document } = await scene.apply()
      assert.equal(code, 1)
      assert.match(
        document.outcomes.find(({ key }) => key === scene.key('four'))?.why ?? '',
        /needs 4 live brokers, there are 3/
      )
      // The broker asked here need not have heard yet what another has answered.
      await eventually(async () => {
        const live = await scene.hand.topics(['three', 'usual', 'four'].map((short) => scene.name(short)))
        assert.deepEqual(
          [...live].map(([name, { replicationFactor }]) => [name, replicationFactor]),
          [
            [scene.name('three'), 3],
            [scene.name('usual'), 3]
          ]
        )
      })
    })

    it(`lose one in the middle of an apply and get it back: it converges by itself, and only what is done is called done, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      const count = rounds(100, 300)
      const many = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `t${index}`,
          { partitions: 6, 'replication-factor': 3, config: { 'retention.ms': '3600000' } }
        ])
      )
      await scene.declare(many)
      const apply = scene.spawn('apply', ['--timeout', '120s'], { MAX_CONCURRENCY: '1', REQUEST_TIMEOUT: '5s' })
      await eventually(async () => assert.notEqual((await scene.hand.names(scene.prefix)).length, 0))
      const [victim] = cluster.nodes
      // The first bootstrap server, to which the apply is connected.
      await victim?.kill()
      await victim?.restart()
      const ended = await apply
      const { code } = ended
      const document = readApplied(ended.stdout)
      const left = document.outcomes.filter(({ result }) => result !== 'done' && result !== 'unchanged')
      // A broker that is back is not live at once: what is looked at just then is held, with which apply ends.
      assert.deepEqual(
        left.filter(({ reason }) => reason !== 'rule'),
        []
      )
      assert.equal(code, left.length === 0 ? 0 : 1)
      await eventually(async () => assert.equal((await scene.apply()).code, 0), 60_000)
      assert.equal(new Set(document.outcomes.map(({ key }) => key)).size, count)
      const names = Object.keys(many).map((short) => scene.name(short))
      await eventually(async () => {
        const live = await scene.hand.topics(names)
        assert.equal(
          [...live.values()].filter(
            ({ partitions, replicationFactor, config }) =>
              partitions === 6 && replicationFactor === 3 && config['retention.ms'] === '3600000'
          ).length,
          count
        )
        assert.equal((await scene.diff()).code, 0)
      })
      await scene.hand.delete(names)
    })
  }

  it('are named where they run with values of their own', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    const own = { 1: '1100000', 3: '1300000' }
    for (const [id, value] of Object.entries(own))
      await scene.hand.setBroker(Number(id), { 'message.max.bytes': value })
    try {
      await scene.write({
        'cluster.json': JSON.stringify({ config: { 'message.max.bytes': 1_200_000 } }),
        'policy.yaml': scene.policyYaml({ hold: [] })
      })
      assert.equal((await scene.apply()).code, 0)
      await eventually(async () => {
        const { code, document } = await scene.diff()
        assert.equal(code, 0)
        const [warning, ...others] = document.warnings
        assert.deepEqual([warning?.code, others], ['BROKER_DIFFERS', []])
        assert.match(
          warning?.message ?? '',
          /found 1100000 on broker 1, 1300000 on broker 3, set for these brokers alone/
        )
      })
    } finally {
      for (const id of Object.keys(own)) await scene.hand.setBroker(Number(id), { 'message.max.bytes': null })
      await scene.hand.setCluster({ 'message.max.bytes': null })
    }
  })

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
    assert.deepEqual(
      document.changes.map(({ key, verb, why }) => [key, verb, why]),
      [[scene.key('later'), 'hold', 'replication factor 3 needs 3 live brokers, there are 2']]
    )
    const since = sidecar.lines().length
    await victim?.restart()
    await sidecar.waitForLine(({ message }) => message.startsWith(`${scene.key('later')} created`), {
      since,
      ms: 60_000
    })
    assert.equal(await sidecar.stop(), 0)
  })
})
