/**
 * The core scenario: what a platform engineer gets from one broker, whatever its version and whatever the client.
 * @module
 */
import assert from 'node:assert/strict'
import type { ApplyDocument, PlanDocument } from './documents.ts'
import { clients, entriesOf, eventually, openScene, type ClientName, type Declaration, type Scene } from './harness.ts'

/** Runs the scenario with both clients on the broker that `open` gives. */
export function describeCore(title: string, open: (context: Mocha.Context) => Promise<string>): void {
  for (const client of clients) {
    describe(`${title}, through ${client}`, function () {
      this.timeout(120_000)
      const scene = async (context: Mocha.Context): Promise<Scene> => openScene(await open(context), client)
      describeConvergence(scene)
      describeHolds(scene)
      describeRepair(scene, client)
    })
  }
}

type Open = (context: Mocha.Context) => Promise<Scene>
type Step<T> = { readonly code: number | null; readonly document: T }

const throttle = 'leader.replication.throttled.replicas'

const converging: Readonly<Record<string, Declaration>> = {
  fresh: {
    partitions: 3,
    'replication-factor': 1,
    config: { 'retention.ms': 3_600_000, 'cleanup.policy': ['delete'] }
  },
  bare: {},
  defaults: { partitions: -1, 'replication-factor': -1 },
  drifted: { partitions: 3, 'replication-factor': 1, config: { 'retention.ms': '7200000' } },
  inherited: { config: { 'compression.type': 'producer' } },
  reset: { config: { 'segment.ms': null, 'flush.ms': null } },
  exact: { config: { 'retention.ms': '3600000' }, reconcile: { exact: true } },
  ignored: {
    partitions: 1,
    config: { 'retention.ms': '1000', 'file.delete.delay.ms': '120000' },
    reconcile: { ignore: ['config.retention.ms'] }
  },
  paused: { partitions: 9, config: { 'retention.ms': '1000' }, reconcile: { paused: true } },
  grown: { partitions: -1, config: { 'max.message.bytes': 2e6 } }
}

async function arrangeDrift({ hand, name }: Pick<Scene, 'hand' | 'name'>): Promise<void> {
  await hand.create({
    [name('drifted')]: { config: { 'retention.ms': '3600000', 'max.message.bytes': '2000000' } },
    [name('inherited')]: {},
    [name('reset')]: { config: { 'segment.ms': '7200000', 'max.message.bytes': '2000000' } },
    [name('exact')]: {
      config: { 'retention.ms': '3600000', 'max.message.bytes': '1000000', 'segment.ms': '7200000', [throttle]: '*' }
    },
    [name('ignored')]: { config: { 'retention.ms': '3600000' } },
    [name('paused')]: { config: { 'retention.ms': '3600000' } },
    [name('grown')]: { partitions: 4, config: { 'max.message.bytes': '2000000' } },
    [name('orphan')]: { config: { 'retention.ms': '3600000' } }
  })
}

function describeConvergence(open: Open): void {
  describe('what can be done', () => {
    let scene: Scene
    let first: Step<PlanDocument>
    let applied: Step<ApplyDocument>
    let second: Step<PlanDocument>
    let again: Step<ApplyDocument>

    before(async function () {
      scene = await open(this)
      await arrangeDrift({ hand: scene.hand, name: (short) => scene.name(short) })
      await scene.declare(converging)
      first = await scene.diff()
      applied = await scene.apply()
      second = await scene.diff()
      again = await scene.apply()
    })

    const planned = (short: string) => entriesOf(first.document.changes, scene.key(short))
    const live = async (short: string) =>
      (await scene.hand.topic(scene.name(short))) ?? assert.fail(`${short} does not exist`)

    it('is drift before, with exit code 1 and every entry counted', () => {
      assert.equal(first.code, 1)
      assert.equal(first.document.status, 'drift')
      assert.deepEqual(first.document.counts, { create: 3, update: 5, keep: 1, orphan: 1, hold: 1, invalid: 0 })
    })

    it('is converged by apply, with exit code 0 although a topic is paused and another an orphan', () => {
      assert.equal(applied.code, 0, JSON.stringify(applied.document))
      assert.equal(applied.document.status, 'in-sync')
      const left = applied.document.outcomes.filter(({ result }) => result !== 'done')
      assert.deepEqual(left.map(({ key, result }) => `${key} ${result}`).toSorted(), [
        `${scene.key('orphan')} reported`,
        `${scene.key('paused')} held`
      ])
    })

    it('is in sync afterwards, and a second apply does nothing', () => {
      assert.equal(second.code, 0, JSON.stringify(second.document.changes))
      assert.deepEqual(second.document.counts, { create: 0, update: 0, keep: 9, orphan: 1, hold: 1, invalid: 0 })
      assert.equal(again.code, 0)
      assert.deepEqual(again.document.outcomes.map(({ result }) => result).toSorted(), ['held', 'reported'])
    })

    it('shows a new topic with all its fields, and creates it with them', async () => {
      const { create } = planned('fresh')
      assert.deepEqual(create?.fields, [
        { path: 'partitions', before: null, after: 3 },
        { path: 'replication-factor', before: null, after: 1 },
        { path: 'config.retention.ms', before: null, after: '3600000' },
        { path: 'config.cleanup.policy', before: null, after: 'delete' }
      ])
      assert.equal(create?.risk, 'safe')
      const { partitions, replicationFactor, config } = await live('fresh')
      assert.deepEqual({ partitions, replicationFactor }, { partitions: 3, replicationFactor: 1 })
      assert.equal(config['retention.ms'], '3600000')
    })

    it('leaves to the broker what is -1 or absent, and does not compare it afterwards', async () => {
      assert.deepEqual(planned('bare')['create']?.fields, [])
      assert.deepEqual(planned('defaults')['create']?.fields, [])
      assert.equal((await live('bare')).partitions, (await live('defaults')).partitions)
      assert.deepEqual(planned('grown'), {})
      assert.equal((await live('grown')).partitions, 4)
    })

    it('changes what differs, more partitions included, and nothing else of the topic', async () => {
      const { update } = planned('drifted')
      assert.deepEqual(update?.fields, [
        { path: 'partitions', before: 1, after: 3 },
        { path: 'config.retention.ms', before: '3600000', after: '7200000' }
      ])
      assert.deepEqual(await live('drifted'), {
        partitions: 3,
        replicationFactor: 1,
        config: { 'retention.ms': '7200000', 'max.message.bytes': '2000000' }
      })
    })

    it('lists a key nobody declared, also after an update of another key', () => {
      for (const { document } of [first, second]) {
        const listed = document.undeclared.filter(({ key }) => [scene.key('drifted'), scene.key('reset')].includes(key))
        const entry = (short: string) => ({ key: scene.key(short), path: 'config.max.message.bytes', value: '2000000' })
        assert.deepEqual(
          listed.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
          [entry('drifted'), entry('reset')]
        )
      }
    })

    it('pins a value that the topic only inherits', async () => {
      assert.deepEqual(planned('inherited')['update']?.fields, [
        { path: 'config.compression.type', before: null, after: 'producer' }
      ])
      assert.deepEqual((await live('inherited')).config, { 'compression.type': 'producer' })
    })

    it('resets a key that is null, and only if the topic carries it', async () => {
      assert.deepEqual(planned('reset')['update']?.fields, [
        { path: 'config.segment.ms', before: '7200000', after: null }
      ])
      assert.deepEqual((await live('reset')).config, { 'max.message.bytes': '2000000' })
    })

    it('resets every undeclared key of an exact topic, but the throttles of a reassignment', async () => {
      assert.deepEqual((await live('exact')).config, { 'retention.ms': '3600000', [throttle]: '*' })
    })

    it('keeps its hands off an ignored field, and changes the others', async () => {
      assert.deepEqual(planned('ignored')['update']?.fields, [
        { path: 'config.file.delete.delay.ms', before: null, after: '120000' }
      ])
      assert.deepEqual((await live('ignored')).config, { 'retention.ms': '3600000', 'file.delete.delay.ms': '120000' })
    })

    it('shows what a paused topic would get, and does nothing to it', async () => {
      const { hold } = planned('paused')
      assert.equal(hold?.reason, 'paused')
      assert.deepEqual(
        hold?.fields?.map(({ path }) => path),
        ['partitions', 'config.retention.ms']
      )
      assert.deepEqual(await live('paused'), {
        partitions: 1,
        replicationFactor: 1,
        config: { 'retention.ms': '3600000' }
      })
    })

    it('reports an orphan and does not touch it', async () => {
      assert.deepEqual(planned('orphan'), { orphan: { key: scene.key('orphan'), verb: 'orphan' } })
      assert.deepEqual((await live('orphan')).config, { 'retention.ms': '3600000' })
    })
  })
}

const holding = {
  fewer: { partitions: 2, config: { 'retention.ms': '7200000' } },
  wider: { 'replication-factor': 2, config: { 'file.delete.delay.ms': '120000' } },
  cut: { config: { 'retention.ms': '60000', 'max.message.bytes': '2000000' } },
  compacted: { partitions: 2, config: { 'cleanup.policy': 'compact', 'file.delete.delay.ms': '120000' } },
  faraway: { 'replication-factor': 500, config: { 'retention.ms': '7200000' } },
  good: { partitions: 1 }
} as const satisfies Readonly<Record<string, Declaration>>

/** Topics as they are made by hand, of which a part is held. */
const holdable = {
  cut: { config: { 'retention.ms': '604800000' } },
  compacted: { config: { 'cleanup.policy': 'compact' } }
} as const

function describeHolds(open: Open): void {
  describe('what has to wait', () => {
    let scene: Scene
    let first: Step<PlanDocument>
    let applied: Step<ApplyDocument>
    let second: Step<PlanDocument>

    before(async function () {
      scene = await open(this)
      await scene.hand.create({
        [scene.name('fewer')]: { partitions: 3, config: { 'retention.ms': '3600000' } },
        [scene.name('wider')]: {},
        [scene.name('cut')]: holdable.cut,
        [scene.name('compacted')]: holdable.compacted
      })
      await scene.declare(holding)
      first = await scene.diff()
      applied = await scene.apply()
      second = await scene.diff()
    })

    const hold = (short: string) =>
      entriesOf(first.document.changes, scene.key(short))['hold'] ?? assert.fail(`${short} is not held`)
    const live = async (short: string) =>
      (await scene.hand.topic(scene.name(short))) ?? assert.fail(`${short} does not exist`)

    it('is an entry of its own, beside the update of what can be done', () => {
      assert.equal(first.code, 1)
      assert.deepEqual(first.document.counts, { create: 1, update: 4, keep: 0, orphan: 0, hold: 5, invalid: 0 })
    })

    it('leaves apply with exit code 1, the rest done', () => {
      assert.equal(applied.code, 1)
      assert.equal(applied.document.status, 'drift')
      const results = Map.groupBy(applied.document.outcomes, ({ verb, result }) => `${verb} ${result}`)
      assert.deepEqual(Object.fromEntries([...results].map(([what, { length }]) => [what, length])), {
        'create done': 1,
        'update done': 4,
        'hold held': 5
      })
    })

    it('stays in the next diff, alone', () => {
      assert.equal(second.code, 1)
      assert.equal(second.document.status, 'drift')
      assert.deepEqual(second.document.counts, { create: 0, update: 0, keep: 1, orphan: 0, hold: 5, invalid: 0 })
    })

    it('is a lower number of partitions: unsupported', async () => {
      const { risk, why, fields } = hold('fewer')
      assert.equal(risk, 'unsupported')
      assert.match(why ?? '', /cannot lower a number of partitions \(3 → 2\)/)
      assert.deepEqual(fields, [{ path: 'partitions', before: 3, after: 2 }])
      assert.deepEqual(await live('fewer'), {
        partitions: 3,
        replicationFactor: 1,
        config: { 'retention.ms': '7200000' }
      })
    })

    it('is another replication factor: unsupported', async () => {
      const { risk, why, fields } = hold('wider')
      assert.equal(risk, 'unsupported')
      assert.match(why ?? '', /reassigning replicas \(1 → 2\)/)
      assert.deepEqual(fields, [{ path: 'replication-factor', before: 1, after: 2 }])
      assert.deepEqual(await live('wider'), {
        partitions: 1,
        replicationFactor: 1,
        config: { 'file.delete.delay.ms': '120000' }
      })
    })

    it('is a cut of the retention: destructive', async () => {
      const { risk, why, fields } = hold('cut')
      assert.equal(risk, 'destructive')
      assert.match(why ?? '', /older data is deleted \(policy\.yaml: hold\)/)
      assert.deepEqual(fields, [{ path: 'config.retention.ms', before: '604800000', after: '60000' }])
      assert.deepEqual((await live('cut')).config, { 'retention.ms': '604800000', 'max.message.bytes': '2000000' })
    })

    it('is a new topic with more replicas than there are brokers', async () => {
      const { risk, why } = hold('faraway')
      assert.equal(risk, 'unsupported')
      assert.match(why ?? '', /replication factor 500 needs 500 live brokers/)
      assert.equal(await scene.hand.topic(scene.name('faraway')), undefined)
    })

    it('is more partitions of a compacted topic: disruptive', async () => {
      assert.equal(hold('compacted').risk, 'disruptive')
      assert.deepEqual(await live('compacted'), {
        partitions: 1,
        replicationFactor: 1,
        config: { 'cleanup.policy': 'compact', 'file.delete.delay.ms': '120000' }
      })
    })

    it('is done beside other holds where policy.yaml lets it go', async function () {
      // A scene of its own: nobody takes partitions back.
      const own = await open(this)
      await own.hand.create({ [own.name('cut')]: holdable.cut, [own.name('compacted')]: holdable.compacted })
      const { cut, compacted } = holding
      await own.declare({ cut, compacted }, { hold: ['destructive'] })
      const { code, document } = await own.apply()
      assert.equal(code, 1, 'the other hold is still there')
      assert.equal(entriesOf(document.outcomes, own.key('compacted'))['update']?.result, 'done')
      assert.equal((await own.hand.topic(own.name('compacted')))?.partitions, 2)
    })
  })
}

function describeRepair(open: Open, client: ClientName): void {
  it('repairs by the sidecar what is changed or deleted by hand, within the interval', async function () {
    const scene = await open(this)
    const declared = { partitions: 1, config: { 'retention.ms': '3600000' } }
    await scene.declare({ kept: declared })
    const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms' })
    await sidecar.waitForLine(({ message }) => message.includes(`${scene.key('kept')} created`))
    // The creation has to be seen before it counts as drift that the topic is gone.
    await sidecar.waitForLine(({ status }) => status === 'in-sync')

    const since = sidecar.lines().length
    await scene.hand.set(scene.name('kept'), { 'retention.ms': '1800000', 'max.message.bytes': '2000000' })
    const line = await sidecar.waitForLine(({ key }) => key === scene.key('kept'), { ms: 500 + grace, since })
    assert.match(line.message, /updated; config\.retention\.ms 1800000 → 3600000$/)
    await eventually(async () =>
      assert.deepEqual((await scene.hand.topic(scene.name('kept')))?.config, {
        'retention.ms': '3600000',
        'max.message.bytes': '2000000'
      })
    )
    await sidecar.waitForLine(({ status }) => status === 'in-sync', { since: sidecar.lines().length })

    await scene.hand.delete([scene.name('kept')])
    await eventually(
      async () => assert.deepEqual((await scene.hand.topic(scene.name('kept')))?.config, { 'retention.ms': '3600000' }),
      500 + grace
    )
    assert.equal(await sidecar.stop(), 0, client)
  })
}

/** What a cycle and the broker may take on a machine that does other things too, in ms. */
const grace = 4_000
