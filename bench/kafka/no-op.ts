/**
 * The cycle that changes nothing, beside the raw protocol reading the same facts.
 * @module
 */
import type { Json } from '../../src/records.ts'
import { Environment } from '../../src/connect/environment.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { plugin } from '../../reconcilers/kafka/index.ts'
import { countRequests, type RequestCounts } from '../../test/servers/request-counter.ts'
import { ratio, summarize } from '../statistics.ts'
import { time } from '../timing.ts'
import { declaredKeys, topicNames } from './declaration.ts'
import { RawConnection } from './raw.ts'
import type { Scene } from './scene.ts'

const rounds = 61
/** A sidecar runs for days: what counts is the cycle after the compiler has seen enough of it. */
const warmUps = 25

/** Times of both, in turn, on a connection each; requests are counted afterwards, where counting disturbs no time. */
export async function measureNoOp(scene: Scene, directory: string): Promise<{ readonly [key: string]: Json }> {
  const { cluster, say } = scene
  const names = topicNames(scene.topics)
  const cycles: number[] = []
  const floors: number[] = []
  const raw = await RawConnection.open(cluster.bootstrap)
  const floor = (): Promise<void> => raw.read(names, declaredKeys)
  await reconciling(directory, cluster.bootstrap, async (cycle) => {
    for (let round = -warmUps; round < (scene.once ? 1 : rounds); round += 1) {
      const isCycleFirst = round % 2 === 0
      if (!isCycleFirst) await time(floor, round < 0 ? [] : floors)
      await time(cycle, round < 0 ? [] : cycles)
      if (isCycleFirst) await time(floor, round < 0 ? [] : floors)
    }
  })
  await raw.close()
  const requests = await countNoOp(directory, cluster.bootstrap)
  const result = { cycleMs: summarize(cycles), floorMs: summarize(floors), requests, ratio: ratioOf(cycles, floors) }
  say(
    `cycle ${result.cycleMs.p50} ms, raw ${result.floorMs.p50} ms: ratio ${result.ratio.p50} (of the quickest ${result.ratio.min}), ${JSON.stringify(requests)}`
  )
  return result
}

function ratioOf(cycles: readonly number[], floors: readonly number[]): { readonly p50: number; readonly min: number } {
  const cycle = summarize(cycles)
  const floor = summarize(floors)
  return { p50: ratio(cycle.p50, floor.p50), min: ratio(cycle.min, floor.min) }
}

async function countNoOp(directory: string, bootstrap: string): Promise<RequestCounts> {
  const counter = await countRequests(bootstrap)
  try {
    let counts: RequestCounts = {}
    await reconciling(directory, counter.bootstrap, async (cycle) => {
      counter.reset()
      await cycle()
      counts = counter.counts
    })
    return counts
  } finally {
    await counter.close()
  }
}

/** Hands over a cycle on a connection that is open; the first, which reads every key, has been run. */
async function reconciling(
  directory: string,
  bootstrap: string,
  use: (cycle: () => Promise<void>) => Promise<void>
): Promise<void> {
  const service = plugin.open(new Environment({ KAFKA_BOOTSTRAP_SERVERS: bootstrap }))
  const reconciler = new ServiceReconciler(service, { directory })
  const cycle = async (): Promise<void> => {
    const { status, error } = await reconciler.reconcile()
    if (status !== 'in-sync')
      throw new Error(`expected a cycle that changes nothing, found ${status}: ${error?.message ?? ''}`)
  }
  try {
    await cycle()
    await use(cycle)
  } finally {
    await service.close()
  }
}
