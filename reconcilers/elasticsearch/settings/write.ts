/**
 * Changed settings → as few requests as possible.
 * @module
 */
import { nameLists } from '../paths.ts'
import { traitsOf } from './classes.ts'
import type { SettingChange } from './compare.ts'
import type { SettingValue } from './flatten.ts'

/** The changes of one index that may be written. */
export interface SettingsUpdate {
  readonly name: string
  readonly closed: boolean
  readonly changes: readonly SettingChange[]
}

/** One `PUT /<path>/_settings`. The server takes all of it or nothing. */
export interface SettingsRequest {
  readonly names: readonly string[]
  /** The names, encoded and joined. */
  readonly path: string
  /** Whether the request is to say `reopen=true`. */
  readonly reopen: boolean
  readonly body: Readonly<Record<string, SettingValue>>
}

/**
 * Groups indices that get the same, so that a thousand equal changes are one request. What changes in place and what needs
 * a reopen are never in one body: one refused key would take the others with it. Pure.
 */
export function settingsRequests(updates: readonly SettingsUpdate[]): readonly SettingsRequest[] {
  const parts = updates.flatMap(partsOf)
  const groups = Map.groupBy(parts, ({ reopen, body }) => JSON.stringify([reopen, Object.entries(body)]))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { reopen, body } = first
    return nameLists(group.map(({ name }) => name)).map(({ names, path }) => ({ names, path, reopen, body }))
  })
}

interface Part {
  readonly name: string
  readonly reopen: boolean
  readonly body: SettingsRequest['body']
}

function partsOf({ name, closed, changes }: SettingsUpdate): readonly Part[] {
  const needsReopen = ({ key }: SettingChange): boolean => !closed && traitsOf(key).class === 'reopen'
  return [false, true].flatMap((reopen) => {
    const own = changes.filter((change) => needsReopen(change) === reopen)
    return own.length === 0 ? [] : [{ name, reopen, body: bodyOf(own) }]
  })
}

/** In the order of their names, so that equal bodies are equal texts. */
function bodyOf(changes: readonly SettingChange[]): Part['body'] {
  const entries = changes.map(({ key, after }) => [`index.${key}`, after] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
