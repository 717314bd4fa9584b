/**
 * What a new configuration changes.
 * @module
 */
import type { Key, Scope } from '../records.ts'
import type { DesiredState } from './desired.ts'

/**
 * The keys that are declared otherwise; `all` for the first configuration, another policy, or where something is
 * declared no longer. Pure.
 */
export function changedKeys(before: DesiredState | undefined, after: DesiredState): Scope {
  if (before === undefined || JSON.stringify(before.policy) !== JSON.stringify(after.policy)) return 'all'
  const [old, now] = [declaredOf(before), declaredOf(after)]
  for (const key of old.keys()) if (!now.has(key)) return 'all'
  return new Set([...now].filter(([key, text]) => old.get(key) !== text).map(([key]) => key))
}

function declaredOf({ kinds }: DesiredState): ReadonlyMap<Key, string> {
  return new Map(
    kinds.flatMap(({ items, invalid }) => [
      ...items.map(({ key, digest }) => [key, digest] as const),
      ...invalid.map(({ key, problems }) => [key, JSON.stringify(problems)] as const)
    ])
  )
}
