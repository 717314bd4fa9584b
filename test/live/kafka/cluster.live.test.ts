import assert from 'node:assert/strict'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { readValidation } from './documents.ts'
import { entriesOf, eventually, openScene, sharedClusterOrSkip, type Scene } from './harness.ts'

const key = 'kafka/cluster/default'

describe('cluster.json', function () {
  this.timeout(120_000)
  let cluster: KafkaCluster
  let scene: Scene

  before(async function () {
    cluster = await sharedClusterOrSkip(this)
  })

  const touched = [
    'message.max.bytes',
    'log.retention.ms',
    'log.cleaner.threads',
    'listener.name.plaintext.max.connections'
  ]

  const reset = (): Promise<void> => scene.hand.setCluster(Object.fromEntries(touched.map((name) => [name, null])))

  after(() => scene && reset())

  beforeEach(async () => {
    scene = await openScene(cluster.bootstrap, 'platformatic')
    await reset()
  })

  const declare = (
    config: Readonly<Record<string, unknown>>,
    policy: Readonly<Record<string, unknown>> = { hold: ['destructive'] }
  ) => scene.write({ 'cluster.json': JSON.stringify({ config }), 'policy.yaml': scene.policyYaml(policy) })

  it('is held as disruptive until policy.yaml lets it go; then it is set, in sync, and topics are not managed', async () => {
    await scene.hand.create({ [scene.name('nobody')]: {} })
    await declare({ 'message.max.bytes': 2e6, 'log.retention.ms': '1209600000' }, {})
    const held = await scene.diff()
    assert.equal(held.code, 1)
    assert.deepEqual(held.document.counts, { create: 0, update: 0, keep: 0, orphan: 0, hold: 1, invalid: 0 })
    const { hold } = entriesOf(held.document.changes, key)
    assert.equal(hold?.risk, 'disruptive')
    assert.match(hold?.why ?? '', /every broker at once/)
    assert.deepEqual(hold?.fields, [
      { path: 'config.message.max.bytes', before: null, after: '2000000' },
      { path: 'config.log.retention.ms', before: null, after: '1209600000' }
    ])
    assert.equal((await scene.apply()).code, 1)

    await declare({ 'message.max.bytes': 2e6, 'log.retention.ms': '1209600000' })
    const applied = await scene.apply()
    assert.equal(applied.code, 0, JSON.stringify(applied.document))
    assert.deepEqual(
      applied.document.outcomes.map(({ key: of, verb, result }) => [of, verb, result]),
      [[key, 'update', 'done']]
    )
    assert.equal((await scene.diff()).code, 0)
    const now = await scene.hand.cluster()
    assert.equal(now['message.max.bytes'], '2000000')
    assert.equal(now['log.retention.ms'], '1209600000')
  })

  it('resets what is null, leaves and lists what nobody declared', async () => {
    await scene.hand.setCluster({
      'message.max.bytes': '2000000',
      'log.cleaner.threads': '2',
      'log.retention.ms': '1209600000'
    })
    await declare({ 'message.max.bytes': null, 'num.io.threads': null })
    const before = await scene.diff()
    assert.deepEqual(entriesOf(before.document.changes, key)['update']?.fields, [
      { path: 'config.message.max.bytes', before: '2000000', after: null }
    ])
    const listed = before.document.undeclared.filter(({ path }) => path !== 'config.min.insync.replicas')
    assert.deepEqual(
      listed.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      [
        { key, path: 'config.log.cleaner.threads', value: '2' },
        { key, path: 'config.log.retention.ms', value: '1209600000' }
      ]
    )
    assert.equal((await scene.apply()).code, 0)
    const now = await scene.hand.cluster()
    assert.equal(now['message.max.bytes'], undefined)
    assert.equal(now['log.cleaner.threads'], '2')
  })

  it('calls a cut of the retention of all topics destructive', async () => {
    await scene.hand.setCluster({ 'log.retention.ms': null })
    await declare({ 'log.retention.ms': '60000' })
    const { code, document } = await scene.diff()
    assert.equal(code, 1)
    const { hold } = entriesOf(document.changes, key)
    assert.equal(hold?.risk, 'destructive')
    assert.match(hold?.why ?? '', /604800000 to 60000/)
  })

  it('is invalid with a key no broker knows, naming the nearest one; offline that is a warning', async () => {
    await declare({ 'mesage.max.bytes': '2000000' })
    const { code, document } = await scene.diff()
    assert.equal(code, 1)
    assert.match(
      entriesOf(document.changes, key)['invalid']?.why ?? '',
      /cluster\.json:1:\d+ config\.mesage\.max\.bytes.*did you mean "message\.max\.bytes"/
    )
    const validated = await scene.run('validate')
    assert.equal(validated.code, 0)
    assert.equal(readValidation(validated.stdout).problems[0]?.code, 'UNKNOWN_KEY')
  })

  it('is done with a warning where a broker keeps a value of its own, which is named', async () => {
    await declare({ 'message.max.bytes': 2_000_000 })
    await scene.hand.setBroker(1, { 'message.max.bytes': '1500000' })
    try {
      const { code, document } = await scene.apply()
      assert.equal(code, 0, JSON.stringify(document))
      assert.deepEqual(
        document.warnings.map((warning) => [warning.code, warning.path]),
        [['BROKER_DIFFERS', 'config.message.max.bytes']]
      )
      const inEffect = (await scene.hand.entries('broker', '1')).find(({ name }) => name === 'message.max.bytes')
      assert.deepEqual([inEffect?.value, inEffect?.source], ['1500000', 'broker'])
      assert.match(
        document.warnings[0]?.message ?? '',
        /expected 2000000 on every broker, found 1500000 on broker 1, set for this broker alone/
      )
      const sidecar = scene.sidecar()
      await sidecar.waitForLine(
        ({ level, message }) => level === 'warn' && message.includes('found 1500000 on broker 1')
      )
      assert.equal(await sidecar.stop(), 0)
      const diff = await scene.diff()
      assert.deepEqual([diff.code, diff.document.warnings.map((warning) => warning.code)], [0, ['BROKER_DIFFERS']])
    } finally {
      await scene.hand.setBroker(1, { 'message.max.bytes': null })
    }
    await eventually(async () => assert.deepEqual((await scene.diff()).document.warnings, []))
  })

  it('is invalid with a value that does not fit its key, with a broker and without', async () => {
    await declare({ 'log.retention.ms': '1d', 'num.io.threads': 0, 'log.cleanup.policy': 'delte' })
    const { code, document } = await scene.diff()
    assert.equal(code, 1)
    assert.match(
      entriesOf(document.changes, key)['invalid']?.why ?? '',
      /log\.retention\.ms: expected a whole number of ms.*did you mean 86400000\?/
    )
    const validated = await scene.run('validate')
    assert.equal(validated.code, 1)
    const { problems } = readValidation(validated.stdout)
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.path]),
      [
        ['VALUE', 'config.log.retention.ms'],
        ['VALUE', 'config.num.io.threads'],
        ['VALUE', 'config.log.cleanup.policy']
      ]
    )
  })

  it('sets a key of one listener, and never those of single brokers', async () => {
    await declare({
      'listener.name.plaintext.max.connections': 500,
      'ssl.keystore.type': 'PEM',
      'leader.replication.throttled.rate': 1
    })
    const { code, document } = await scene.apply()
    assert.equal(code, 1)
    const { hold, update } = entriesOf(document.outcomes, key)
    assert.equal(update?.result, 'done')
    assert.match(
      hold?.why ?? '',
      /ssl\.keystore\.type is set for each broker.*leader\.replication\.throttled\.rate belongs to the tools/
    )
    assert.equal((await scene.hand.cluster())['listener.name.plaintext.max.connections'], '500')
    const again = await scene.diff()
    assert.deepEqual(again.document.counts, { create: 0, update: 0, keep: 0, orphan: 0, hold: 1, invalid: 0 })
  })

  it('has no difference in what the file of a broker says already', async () => {
    await declare({ 'log.retention.hours': 168, 'node.id': 1 })
    const { code, document } = await scene.diff()
    assert.equal(code, 0, JSON.stringify(document))
    await declare({ 'log.retention.hours': 24 })
    const differing = await scene.diff()
    const { hold } = entriesOf(differing.document.changes, key)
    assert.equal(hold?.risk, 'unsupported')
    assert.match(hold?.why ?? '', /own file; for the whole cluster there is log\.retention\.ms/)
  })

  it('does not pretend to change what only the broker’s own file can', async () => {
    await declare({ 'log.dirs': '/elsewhere', 'log.cleaner.threads': '1' })
    await scene.hand.setCluster({ 'log.cleaner.threads': '2' })
    const { code, document } = await scene.apply()
    assert.equal(code, 1)
    const { hold, update } = entriesOf(document.outcomes, key)
    assert.match(hold?.why ?? '', /log\.dirs can only be changed in the broker's own file/)
    assert.equal(update?.result, 'done')
    assert.equal((await scene.hand.cluster())['log.cleaner.threads'], '1')
  })

  it('is refused as a whole by another cluster than the pinned one', async () => {
    await declare({ 'message.max.bytes': '3000000' }, { hold: [], cluster: 'not-this-one' })
    const ended = await scene.spawn('apply', ['--timeout', '10s'])
    assert.equal(ended.code, 2)
    assert.match(ended.stdout, new RegExp(`not-this-one.*${cluster.clusterId}`))
    assert.notEqual((await scene.hand.cluster())['message.max.bytes'], '3000000')
  })

  it('is held by kafkajs, which says why and who can; topics beside it are applied', async () => {
    await scene.write({
      'cluster.json': JSON.stringify({ config: { 'message.max.bytes': '3000000' } }),
      'topics.json': scene.topicsJson({ made: {} }),
      'policy.yaml': scene.policyYaml({ hold: [] })
    })
    const { code, document } = await scene.apply([], { KAFKA_CLIENT: 'kafkajs' })
    assert.equal(code, 1)
    const { hold } = entriesOf(document.changes, key)
    assert.equal(hold?.risk, 'unsupported')
    assert.match(hold?.why ?? '', /kafkajs.*KAFKA_CLIENT=platformatic can/)
    assert.equal(entriesOf(document.outcomes, scene.key('made'))['create']?.result, 'done')
    assert.notEqual((await scene.hand.cluster())['message.max.bytes'], '3000000')
  })
})
