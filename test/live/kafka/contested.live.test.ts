/**
 * Two reconcilers that declare different values of one field of one topic on a real broker.
 */
import assert from 'node:assert/strict'
import { kafkaService } from '../../../reconcilers/kafka/index.ts'
import { adminFor } from '../../reconcilers/kafka/adapters/harness.ts'
import { Stepped, type LoopInMemory } from '../stepped.ts'
import { openScene, tappedClusterOrSkip, type Scene, type TappedCluster } from './harness.ts'

const hourMs = 3_600_000
const path = 'config.retention.ms'
const series = 'infometis_contested{kind="topic",service="kafka"}'

describe('a field of a topic that two reconcilers declare differently', function () {
  this.timeout(120_000)
  let tapped: TappedCluster
  let scene: Scene
  let stepped: Stepped

  before(async function () {
    tapped = await tappedClusterOrSkip(this)
  })

  beforeEach(async () => {
    scene = await openScene(tapped.bootstrap, 'platformatic')
    stepped = new Stepped()
    await scene.hand.create({ [scene.name('a')]: {} })
  })

  afterEach(() => stepped?.stop())

  function declare(loop: LoopInMemory, retention: string): void {
    loop.write({
      'topics.json': scene.topicsJson({ a: { config: { 'retention.ms': retention } } }),
      'policy.yaml': scene.policyYaml({ hold: [] })
    })
  }

  /** A reconciler that declares this, and has made its first passes. */
  async function reconciler(retention: string): Promise<LoopInMemory> {
    const loop = stepped.loop(kafkaService(adminFor('platformatic', tapped.bootstrap)))
    declare(loop, retention)
    loop.start()
    // The next one looks at other moments.
    await stepped.pass(11_000)
    return loop
  }

  /** How often the broker was told to change keys, since it was asked last. */
  const writes = (): number => tapped.wiretap.take()['IncrementalAlterConfigs'] ?? 0

  it('is contested with both values, repaired at a slower pace, and counted', async () => {
    const ours = await reconciler('3600000')
    const theirs = await reconciler('7200000')
    writes()
    const perHour: number[] = []
    for (let hour = 0; hour < 3; hour += 1) {
      await stepped.pass(hourMs)
      perHour.push(writes())
    }
    for (const [loop, fields] of [
      [ours, [{ path, ours: '3600000', theirs: '7200000' }]],
      [theirs, [{ path, ours: '7200000', theirs: '3600000' }]]
    ] as const) {
      const told = loop.outcomes.flatMap(({ contested }) => contested ?? [])
      assert.ok(told.length > 0)
      for (const { times, fields: found } of told) assert.deepEqual([times >= 3, found], [true, fields])
      assert.ok(!loop.outcomes.some(({ result }) => result === 'failed'), 'contested, and not failed')
    }
    // Unpaced it would be two writes of each in a minute.
    assert.ok(Math.max(...perHour) <= 24, `writes in each hour: ${perHour.join(', ')}`)
    // Whoever waits sees the value of the other one; the other one is in sync.
    await until(() => isWaiting(ours) || isWaiting(theirs))
    const waiting = isWaiting(ours) ? ours : theirs
    assert.equal(await waiting.metric(series), 1)
  })

  it('is written at once with a new declaration, and no longer contested once both agree', async () => {
    const ours = await reconciler('3600000')
    const theirs = await reconciler('7200000')
    await until(() => isWaiting(ours) || isWaiting(theirs))
    const [waiting, winning] = isWaiting(ours) ? [ours, theirs] : [theirs, ours]
    writes()
    declare(waiting, '5400000')
    await stepped.rest()
    assert.deepEqual([writes(), waiting.outcomes.at(-1)?.result], [1, 'done'])
    declare(winning, '5400000')
    await stepped.pass(60_000)
    assert.deepEqual([await ours.metric(series), await theirs.metric(series)], [0, 0])
    assert.deepEqual([ours, theirs].map(lastStatus), ['in-sync', 'in-sync'])
    assert.equal((await scene.hand.topic(scene.name('a')))?.config['retention.ms'], '5400000')
  })

  /** Moves the time in small steps until this holds. */
  async function until(holds: () => boolean): Promise<void> {
    for (let steps = 0; !holds(); steps += 1) {
      assert.ok(steps < 1_000)
      await stepped.pass(1_000)
    }
  }
})

const lastStatus = ({ reports }: LoopInMemory) => reports.at(-1)?.status

/** Whether the last pass left the repair for later. */
function isWaiting({ reports }: LoopInMemory): boolean {
  return reports.at(-1)?.known.outcomes.some(({ reason }) => reason === 'contested') === true
}
