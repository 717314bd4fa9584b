/**
 * In which order the writes of a pass are begun. Pure.
 * @module
 */
import type { AnyResource } from '../contract.ts'
import type { Write } from '../line.ts'
import { writeVerbs } from '../plan/write.ts'
import { packBatches, type Batch } from './batches.ts'
import { queueClasses, type QueueClass } from './work-queue.ts'

/** How the writes of a pass came into it. */
export interface Urgency {
  readonly classOf: (change: Write) => QueueClass
  /** Since when its key waits, in ms since the epoch. */
  readonly sinceOf: (change: Write) => number
  /** Since when it is known that it is to be written, in ms since the epoch. */
  readonly knownSince: (change: Write) => number
  /** How many low batches go first, because the pass before was left before it came to them. */
  readonly ahead: number
}

/**
 * The calls to make: fresh ones, then drift, then retries; within a class kinds in their order, creates before updates,
 * the longest waiting first. The same whatever the order of `writes`.
 */
export function orderWrites(
  resources: readonly AnyResource[],
  writes: readonly Write[],
  { classOf, sinceOf, ahead }: Urgency
): readonly Batch[] {
  const groups = Map.groupBy(writes, (change) => groupName(classOf(change), change.kind, change.verb))
  const byAge = (a: Write, b: Write): number => sinceOf(a) - sinceOf(b) || (a.key < b.key ? -1 : 1)
  const batches = queueClasses.flatMap((of) =>
    resources.flatMap((resource) =>
      writeVerbs.flatMap((verb) => {
        const own = groups.get(groupName(of, resource.kind, verb)) ?? []
        return packBatches(resource, own.toSorted(byAge)).map((changes) => ({ resource, verb, changes, class: of }))
      })
    )
  )
  const low = batches.filter((batch) => batch.class !== 'fresh').slice(0, ahead)
  return [...low, ...batches.filter((batch) => !low.includes(batch))]
}

function groupName(of: QueueClass, kind: string, verb: string): string {
  return `${of} ${verb} ${kind}`
}
