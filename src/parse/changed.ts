/**
 * What a new configuration changes, so that a pass need not look at everything.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Desired } from '../contract.ts'
import type { Key, Scope } from '../records.ts'
import type { DesiredState } from './desired.ts'
import { InOrder } from './in-order.ts'
import type { DesiredKind, InvalidItem } from './items.ts'

/**
 * The items that have to be looked at because the configuration became another: those that are new, say something else,
 * became invalid or valid, or are wrong in another way. Moved in its file, an item is as it was. `all`: there was no
 * configuration before, the policy is another one, or an item or a kind is no longer declared. Pure.
 */
export function changedKeys(before: DesiredState | undefined, after: DesiredState): Scope {
  if (before === undefined || before.service !== after.service || before.kinds.length !== after.kinds.length)
    return 'all'
  if (!isDeepStrictEqual(before.policy, after.policy)) return 'all'
  const keys = new Set<Key>()
  for (const [index, kind] of after.kinds.entries()) {
    const earlier = before.kinds[index]
    if (earlier?.kind.kind !== kind.kind.kind) return 'all'
    const changed = changedIn(earlier, kind)
    if (changed === undefined) return 'all'
    for (const key of changed) keys.add(key)
  }
  return keys
}

type Item = Desired<unknown> | InvalidItem

/** Undefined when one is gone. */
function changedIn(before: DesiredKind, after: DesiredKind): readonly Key[] | undefined {
  if (before === after) return []
  const earlier = new InOrder<Item>(before.items, before.invalid)
  const changed: Key[] = []
  let kept = 0
  for (const list of [after.items, after.invalid])
    for (const item of list) {
      const known = earlier.find(item.name)
      if (known !== undefined) kept += 1
      if (known === undefined || !isSame(known, item)) changed.push(item.key)
    }
  return kept === before.items.length + before.invalid.length ? changed : undefined
}

/** Whether both are valid and say the same, or are wrong in the same way. */
function isSame(a: Item, b: Item): boolean {
  if (a === b) return true
  if ('problems' in a) return 'problems' in b && isDeepStrictEqual(a.problems, b.problems)
  return !('problems' in b) && a.digest === b.digest
}
