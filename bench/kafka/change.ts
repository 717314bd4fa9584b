/**
 * Topics whose retention is changed, one after the other.
 * @module
 */
import { measureChanges, changedAfter, itemOf, splitFiles, type Changing, type Counter } from '../change.ts'
import type { Result } from '../machine.ts'
import { countRequests } from '../../test/servers/request-counter.ts'
import { retentionAfter, topicNames, topicsFile } from './declaration.ts'
import { RawConnection } from './raw.ts'
import type { Scene } from './scene.ts'

const sizes = [10, 1_000, 10_000]
/** Files of less than 1 MiB, which is what a ConfigMap may hold. */
const mostPerFile = 4_000

/** Every size up to `items`. */
export async function measureChange(scene: Scene): Promise<Result> {
  const { cluster, items } = scene
  const raw = await RawConnection.open(cluster.bootstrap)
  try {
    return await measureChanges({
      service: 'kafka',
      sizes: sizes.filter((each) => each <= items),
      env: { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap },
      dir: cluster.dir,
      open: (declared) => topicsOf(raw, declared),
      count: () => openCounter(cluster.bootstrap),
      options: scene
    })
  } finally {
    await raw.close()
  }
}

function topicsOf(raw: RawConnection, declared: number): Changing {
  const names = topicNames(declared)
  return {
    declared,
    files: (change) => {
      const retention = new Map([...changedAfter(names, change)].map(([name, last]) => [name, retentionAfter(last)]))
      return splitFiles('topics', names, mostPerFile, (part) => topicsFile(part, retention))
    },
    isApplied: async (change) => (await raw.valueOf(itemOf(names, change), 'retention.ms')) === retentionAfter(change)
  }
}

async function openCounter(bootstrap: string): Promise<Counter> {
  const counter = await countRequests(bootstrap)
  return {
    env: { KAFKA_BOOTSTRAP_SERVERS: counter.bootstrap },
    take: () => {
      const { counts } = counter
      counter.reset()
      return counts
    },
    close: () => counter.close()
  }
}
