/**
 * The id of a held change: what is there and what would be done, and nothing of policy, so that it stays the same until
 * one of these changes.
 * @module
 */
import type { Hold } from '../line.ts'
import { digestOf } from '../parse/items.ts'
import type { HoldReason } from '../records.ts'
import { maskDeep } from '../secrets/mask.ts'

/** What somebody could release. Everything else waits for the item, its owner or the service to change. */
const releasable: ReadonlySet<HoldReason> = new Set<HoldReason>(['risk', 'guard'])

/** The hold with its id, where it can have one. Pure. */
export function withHoldId(hold: Hold, cluster: string): Hold {
  const id = holdId(hold, cluster)
  return id === undefined ? hold : { ...hold, id }
}

/**
 * `a` and 15 hex digits, so that YAML never reads it as a number; undefined where nothing can be released. Fields that
 * cannot be changed in place are not part of it. `cluster` is the pinned id of the service, `''` where none is pinned.
 * Pure.
 */
export function holdId(hold: Hold, cluster: string): string | undefined {
  if (!releasable.has(hold.reason)) return undefined
  const fields = hold.fields
    .filter(({ risk }) => risk !== 'unsupported')
    .map(({ path, before, after }) => [path, maskDeep(before, path), maskDeep(after, path)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (fields.length === 0) return undefined
  const verb = hold.state === undefined ? 'create' : 'update'
  return `a${digestOf(['1', cluster, hold.key, verb, fields]).slice(0, 15)}`
}
