/**
 * "Could not look" is not "nothing there".
 * @module
 */
import { ReconcileError } from '../errors.ts'
import type { DesiredState } from '../parse/desired.ts'
import type { Scope } from '../records.ts'
import type { ActualState } from './plan.ts'

/** Throws NOT_PERMITTED when every declared item was refused by name: then nothing was seen at all. Pure. */
export function refuseIfAllRefused(desired: DesiredState, actual: ActualState, scope: Scope = 'all'): void {
  // What one item of many is refused is that item's.
  if (scope !== 'all') return
  const refusals = desired.kinds.flatMap(({ kind, items }) => {
    const seen = actual.get(kind.kind)?.observed.items
    return items.map((item) => {
      const sighting = seen?.get(item.name)
      const isRefused = sighting !== undefined && 'refused' in sighting && sighting.error === undefined
      return isRefused ? `${item.key}: ${sighting.refused}` : undefined
    })
  })
  if (refusals.length === 0 || refusals.includes(undefined)) return
  throw new ReconcileError(
    'NOT_PERMITTED',
    `the service shows none of the ${refusals.length} declared items; ${refusals[0]}`
  )
}
