import assert from 'node:assert/strict'
import { AtomicWriter } from '../../read/kubelet.ts'
import { rounds } from '../../rounds.ts'
import { brokerOrSkip, clients, eventually, openScene, type LogRecord, type Scene } from './harness.ts'

const retention = (ms: number) => ({ config: { 'retention.ms': String(ms) } })

const inSync = ({ status }: LogRecord) => status === 'in-sync'

/** What a busy machine may add to what is measured, in ms. */
const grace = 2_000

for (const client of clients) {
  describe(`the sidecar, through ${client}`, function () {
    this.timeout(90_000)
    let bootstrap: string
    let scene: Scene
    let mount: AtomicWriter

    before(async function () {
      bootstrap = await brokerOrSkip(this)
    })

    beforeEach(async () => {
      scene = await openScene(bootstrap, client)
      mount = new AtomicWriter(scene.dir, { generation: 'newer' })
    })

    const live = (short: string) => scene.hand.topic(scene.name(short))
    const mounted = (topics: Parameters<Scene['topicsJson']>[0]) =>
      mount.write({ 'topics.json': scene.topicsJson(topics), 'policy.yaml': scene.policyYaml() })
    const about =
      (short: string, what: string) =>
      ({ message }: LogRecord) =>
        message.startsWith(`${scene.key(short)} ${what}`)

    it('applies a change of the mounted files at once, and says where every line belongs', async () => {
      await mounted({ a: retention(3_600_000) })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '10m', CONFIG_MAP_NAME: 'kafka-topics-desired' })
      await sidecar.waitForLine(inSync)
      await sidecar.waitForLine(about('a', 'created'))
      // The reader of the log knows which ConfigMap this is about.
      assert.match(sidecar.lines()[0]?.message ?? '', /ConfigMap kafka-topics-desired.*every 10 min/)

      const took: number[] = []
      for (const ms of [7_200_000, 10_800_000, 14_400_000]) {
        const since = sidecar.lines().length
        const start = performance.now()
        await mounted({ a: retention(ms) })
        await sidecar.waitForLine(about('a', `updated; config.retention.ms ${ms - 3_600_000} → ${ms}`), {
          since,
          ms: 1_000 + grace
        })
        took.push(performance.now() - start)
        assert.deepEqual((await live('a'))?.config, { 'retention.ms': String(ms) })
      }
      assert.ok(Math.min(...took) < 1_000, `took ${took.map(Math.round).join(', ')} ms`)
      for (const line of sidecar.lines().filter(({ key }) => key !== undefined)) {
        assert.match(String(line['runId']), /^[0-9a-f-]{36}$/)
        assert.equal(line['service'], 'kafka')
        assert.match(String(line['digest']), /^[0-9a-f]{64}$/)
      }
      assert.equal(await sidecar.stop(), 0)
    })

    it('keeps the last good configuration when the new one is broken, still repairs, and continues with the next good one', async () => {
      await mounted({ a: retention(3_600_000) })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms' })
      await sidecar.waitForLine(inSync)

      await mount.write({ 'topics.json': '{"a": {', 'policy.yaml': scene.policyYaml() })
      const refused = await sidecar.waitForLine(({ message }) => message.startsWith('configuration refused'))
      assert.equal(refused.level, 'error')
      assert.match(refused.message, /topics\.json:1:\d+.*still using the last good configuration/s)

      const since = sidecar.lines().length
      await scene.hand.set(scene.name('a'), { 'retention.ms': '1800000' })
      await sidecar.waitForLine(about('a', 'updated'), { since })
      assert.deepEqual((await live('a'))?.config, { 'retention.ms': '3600000' })
      assert.equal(
        sidecar.lines().filter(({ message }) => message.startsWith('configuration refused')).length,
        1,
        'said once'
      )

      await mounted({ a: retention(7_200_000) })
      await sidecar.waitForLine(about('a', 'updated; config.retention.ms 3600000 → 7200000'), { since })
      await sidecar.waitForLine(inSync, { since: sidecar.lines().length })
      assert.equal(await sidecar.stop(), 0)
    })

    it('does nothing when it starts a second time', async () => {
      await mounted({ a: retention(3_600_000), b: { partitions: 2 } })
      const first = scene.sidecar({ RECONCILE_INTERVAL: '1h' })
      await first.waitForLine(inSync)
      assert.equal(await first.stop(), 0)
      const second = scene.sidecar({ RECONCILE_INTERVAL: '1h' })
      await second.waitForLine(inSync)
      assert.deepEqual(
        second.lines().filter(({ key }) => key !== undefined),
        []
      )
      assert.equal(await second.stop(), 0)
    })

    it('takes an emptied configuration for a mistake: the orphans are held, and the log says why', async () => {
      const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`t${index}`, {}]))
      await mounted(many)
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '500ms' })
      await sidecar.waitForLine(inSync)
      await mounted({})
      const held = await sidecar.waitForLine(about('t0', ''), { since: sidecar.lines().length })
      assert.match(held.message, /guard: 8 of 8 declared \(100 %\) are gone from the configuration/)
      assert.equal(held['result'], 'held')
      assert.equal(
        sidecar.lines().some(({ orphans }) => orphans !== undefined),
        false
      )

      // One of eight is no mistake; the others are what they were.
      await mounted(Object.fromEntries(Object.entries(many).slice(1)))
      await sidecar.waitForLine(({ orphans }) => JSON.stringify(orphans) === JSON.stringify([scene.key('t0')]))
      assert.equal(await sidecar.stop(), 0)
      assert.equal((await scene.hand.names(scene.prefix)).length, 8)
    })

    it('says which topics are orphans once, and again only when the set changes', async () => {
      await scene.hand.create({ [scene.name('lonely')]: {} })
      await mounted({ a: {} })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '200ms' })
      const told = () =>
        sidecar
          .lines()
          .filter(({ orphans }) => orphans !== undefined)
          .map(({ orphans }) => orphans)
      await sidecar.waitForLine(({ orphans }) => orphans !== undefined)
      const cycles = () => sidecar.lines().filter(({ status }) => status !== undefined).length
      await eventually(() => Promise.resolve(assert.ok(cycles() >= 5)))
      assert.deepEqual(told(), [[scene.key('lonely')]])
      await scene.hand.create({ [scene.name('left')]: {} })
      await eventually(() =>
        Promise.resolve(assert.deepEqual(told(), [[scene.key('lonely')], [scene.key('left'), scene.key('lonely')]]))
      )
      await scene.hand.delete([scene.name('left'), scene.name('lonely')])
      await sidecar.waitForLine(({ message }) => message === 'no orphans left')
      assert.equal(await sidecar.stop(), 0)
    })

    it('looks as often as it was told', async () => {
      await mounted({ a: {} })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '700ms', LOG_LEVEL: 'debug' })
      // A pass over some items comes when they are due.
      const cycles = () => sidecar.lines().filter((line) => inSync(line) && line['scope'] === 'all')
      await eventually(() => Promise.resolve(assert.ok(cycles().length >= rounds(4, 10))))
      assert.equal(await sidecar.stop(), 0)
      const at = cycles().map(({ timestamp, durationMs }) => Date.parse(timestamp) - Number(durationMs))
      const gaps = at
        .slice(1)
        .map((time, index) => time - (at[index] ?? 0))
        .toSorted((a, b) => a - b)
      const median = gaps[Math.floor(gaps.length / 2)] ?? 0
      // A busy machine is late, and no machine is early.
      assert.ok(median > 650 && median < 700 + grace, `every ${gaps.join(', ')} ms`)
    })

    it('ends with 0 on SIGTERM, whatever it is doing, and leaves no item half done', async () => {
      const many = Object.fromEntries(
        Array.from({ length: rounds(150, 400) }, (_, index) => [
          `t${index}`,
          { partitions: 2, ...retention(3_600_000) }
        ])
      )
      await mounted(many)
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '1h', MAX_CONCURRENCY: '1' })
      await eventually(async () => assert.notEqual((await scene.hand.names(scene.prefix)).length, 0))
      assert.equal(await sidecar.stop(), 0)
      assert.match(sidecar.lines().at(-1)?.message ?? '', /kafka reconciler stopped/)
      const made = new Set(
        sidecar
          .lines()
          .filter(({ result }) => result === 'done')
          .map(({ key }) => key)
      )
      const names = await eventually(async () => {
        const found = await scene.hand.names(scene.prefix)
        assert.equal(found.length, made.size)
        return found
      })
      for (const name of names) assert.ok(made.has(`kafka/topic/${name}`), `${name} was made and not reported`)
      await scene.hand.delete(names)
    })

    it('continues when somebody else creates a topic first, differently', async () => {
      await mounted({ a: {} })
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '300ms' })
      await sidecar.waitForLine(inSync)
      await scene.hand.create({ [scene.name('b')]: { partitions: 1, config: { 'retention.ms': '1800000' } } })
      await mounted({ a: {}, b: { partitions: 2, ...retention(3_600_000) } })
      await eventually(async () =>
        assert.deepEqual(await live('b'), {
          partitions: 2,
          replicationFactor: 1,
          config: { 'retention.ms': '3600000' }
        })
      )
      assert.equal(await sidecar.stop(), 0)
    })
  })
}
