/**
 * The sidecar for minutes on three real brokers, while everything around it changes at random.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { mulberry } from '../../random.ts'
import { rounds } from '../../rounds.ts'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { openScene, sharedClusterOrSkip } from './harness.ts'
import { hasVitals, type Vitals } from '../vitals.ts'
import { Soak, type Life } from './soak.ts'

const seed = 20_261_203
const minutes = rounds(3, 30)
/** Steps follow each other after a random time up to this, in ms: what is hurried meets what is not finished. */
const mostPauseMs = 1_500
/** In each topic that is looked at. */
const records = 5

describe(`${minutes} minutes of change around a sidecar, seed ${seed}`, function () {
  this.timeout((minutes + 5) * 60_000)
  let cluster: KafkaCluster

  before(async function () {
    cluster = await sharedClusterOrSkip(this, 'three')
  })

  // Other tests use it, too.
  afterEach(async () => {
    for (const node of cluster?.nodes ?? []) await node.ready(3)
  })

  it('end as declared last, with nothing else touched, no fault, and no more memory or open files', async () => {
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    const soak = new Soak(scene, cluster, seed)
    await scene.hand.create({ [scene.name('by-hand')]: { replicationFactor: 3 } })
    await soak.begin()
    // One that nobody declares, and one of those whose declarations change.
    const filled = ['by-hand', 't1'].map((short) => scene.name(short))
    for (const name of filled) await scene.hand.produce(name, { count: records })
    const ids = await scene.hand.ids(filled)

    const random = mulberry(seed + 1)
    const start = performance.now()
    for (let share = 0; share < 1; share = (performance.now() - start) / (minutes * 60_000)) {
      // The last process lives long enough to show what grows.
      await soak.step({ kills: share < 0.4 })
      await sleep(random() * mostPauseMs)
    }
    await soak.end()

    assert.deepEqual(await scene.hand.ids(filled), ids)
    for (const name of filled) {
      assert.deepEqual([await scene.hand.firstOffset(name), await scene.hand.nextOffset(name)], [0, records])
    }
    for (const life of soak.lives) assertSound(life)
    assertSteady(soak.lives.at(-1)?.vitals ?? [])
    assert.equal(await soak.lives.at(-1)?.sidecar.stop(), 0)
  })
})

/** Fails where the log tells of a bug. */
function assertSound({ sidecar }: Life): void {
  const bugs = sidecar.lines().filter((line) => /"(?:INTERNAL|PLUGIN_FAULT)"/.test(JSON.stringify(line)))
  assert.deepEqual(bugs, [])
  assert.doesNotMatch(sidecar.output(), /unhandled|\(node:\d+\)/i)
}

/** Fails where a process holds more at the end of its life than in the middle, or more than it should at all. */
function assertSteady(vitals: readonly Vitals[]): void {
  if (!hasVitals) return
  const third = Math.floor(vitals.length / 3)
  const [middle, end] = [vitals.slice(third, 2 * third), vitals.slice(2 * third)].map(medianOf)
  const seen = JSON.stringify({ middle, end, samples: vitals.length })
  assert.ok(middle !== undefined && end !== undefined && third > 10, seen)
  assert.ok(end.memoryMiB - middle.memoryMiB < 30 && end.memoryMiB < 300, seen)
  assert.ok(end.handles - middle.handles < 10 && Math.max(...vitals.map(({ handles }) => handles)) < 80, seen)
}

function medianOf(vitals: readonly Vitals[]): Vitals {
  const middle = (of: (each: Vitals) => number): number =>
    vitals.map(of).toSorted((a, b) => a - b)[Math.floor(vitals.length / 2)] ?? 0
  return { memoryMiB: middle(({ memoryMiB }) => memoryMiB), handles: middle(({ handles }) => handles) }
}
