/**
 * Field changes → what is sent to the broker.
 * @module
 */
import type { FieldChange } from '../../../src/plugin.ts'

const prefix = 'config.'

/** The keys to set and to remove among the changed fields; others are left alone. Pure. */
export function configWrites(fields: readonly FieldChange[]): {
  readonly set: Record<string, string>
  readonly remove: string[]
} {
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const { path, after } of fields) {
    if (!path.startsWith(prefix)) continue
    const key = path.slice(prefix.length)
    if (typeof after === 'string') set[key] = after
    else remove.push(key)
  }
  return { set, remove }
}
