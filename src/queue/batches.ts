/**
 * Packs changes into calls.
 * @module
 */
import type { AnyKind, AnyResource, Desired } from '../contract.ts'
import type { Write, WriteVerb } from '../line.ts'
import type { QueueClass } from './work-queue.ts'

/** What one call of a plugin writes. */
export interface Batch {
  readonly resource: AnyResource
  readonly verb: WriteVerb
  readonly changes: readonly Write[]
  readonly class: QueueClass
}

/** Splits in order so that no call outweighs the kind's limit; one item a call where the kind has none. Pure. */
export function packBatches<T extends { readonly desired: Desired<unknown> }>(
  kind: AnyKind,
  changes: readonly T[]
): readonly (readonly T[])[] {
  const { batching } = kind
  if (batching === undefined) return changes.map((change) => [change])
  const batches: T[][] = []
  let room = 0
  for (const change of changes) {
    const weight = batching.weigh(change.desired.spec)
    const open = batches.at(-1)
    if (open === undefined || weight > room) {
      batches.push([change])
      room = batching.limit - weight
    } else {
      open.push(change)
      room -= weight
    }
  }
  return batches
}
