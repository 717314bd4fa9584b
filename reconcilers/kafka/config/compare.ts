/**
 * Declared configuration beside what the broker shows. A key is in sync only when the resource itself carries it: an
 * inherited value can change while nobody looks, and brokers may disagree about it. Of a key that is never written, only
 * what is in effect counts.
 * @module
 */
import type { FieldChange, Json } from '../../../src/plugin.ts'
import type { ConfigEntry, ConfigSource } from '../admin.ts'
import { typeOf, type Entries } from './effect.ts'
import { rowOf, type KeyTable } from './keys/index.ts'
import type { Hazard } from './risk.ts'
import { sameValue } from './types.ts'

/** Declared keys: text to enforce, null to reset. */
export type DeclaredConfig = Readonly<Record<string, string | null>>

/** How the configuration of a kind is compared. */
export interface ConfigScope {
  /** The source that says the resource itself carries the key. */
  readonly own: ConfigSource
  readonly rows: KeyTable
}

/** A key to set or, with `after` null, to reset. */
export interface KeyChange {
  readonly key: string
  readonly entry: ConfigEntry | undefined
  readonly after: string | null
  /** Why it is never written. */
  readonly refused: string | undefined
}

/** One change per declared key that differs. Pure. */
export function declaredChanges(declared: DeclaredConfig, entries: Entries, scope: ConfigScope): readonly KeyChange[] {
  return Object.entries(declared).flatMap(([key, after]) => {
    const entry = entries.get(key)
    const refused = refusalOf(key, entry, scope.rows)
    return isInSync(key, entry, after, refused !== undefined, scope) ? [] : [{ key, entry, after, refused }]
  })
}

/** One change per key the resource carries and nobody declared: the change that would reset it. Pure. */
export function strayChanges(declared: DeclaredConfig, entries: Entries, scope: ConfigScope): readonly KeyChange[] {
  return [...entries].flatMap(([key, entry]) => {
    const isLeft = Object.hasOwn(declared, key) || rowOf(scope.rows, key)?.never !== undefined
    return entry.source !== scope.own || isLeft
      ? []
      : [{ key, entry, after: null, refused: refusalOf(key, entry, scope.rows) }]
  })
}

/** The change as a field of a plan. Pure. */
export function fieldOf(
  { key, entry, after, refused }: KeyChange,
  own: ConfigSource,
  hazard: Hazard | undefined
): FieldChange {
  // What is hidden is refused, too: `after` is what is written.
  const shown = (value: Json): Json => (entry?.sensitive === true && value !== null ? '******' : value)
  const before = entry?.source === own ? entry.value : null
  const change = { path: `config.${key}`, before: shown(before), after: shown(after) }
  if (refused !== undefined) return { ...change, risk: 'unsupported', why: refused }
  return { ...change, ...(hazard ?? { risk: 'safe' }) }
}

function isInSync(
  key: string,
  entry: ConfigEntry | undefined,
  after: string | null,
  isNeverWritten: boolean,
  scope: ConfigScope
): boolean {
  const isOwn = entry?.source === scope.own
  if (after === null) return !isOwn
  if (entry === undefined || entry.value === null) return false
  return (isOwn || isNeverWritten) && sameValue(typeOf(scope.rows, key, entry), entry.value, after)
}

function refusalOf(key: string, entry: ConfigEntry | undefined, rows: KeyTable): string | undefined {
  const row = rowOf(rows, key)
  if (row?.never !== undefined) return `${key} ${row.never}`
  if (entry?.sensitive === true) return `${key} is sensitive: the broker does not show it, so it cannot be compared`
  // A broker calls keys of one listener read-only, and takes them all the same.
  if (entry?.readOnly !== true || row?.perListener === true) return undefined
  return `${key} can only be changed in the broker's own file${dynamicTwin(key, rows)}`
}

/** The key that says the same and can change while brokers run. */
function dynamicTwin(key: string, rows: KeyTable): string {
  const twin = [...rows].find(([, { coarser }]) => coarser?.some((each) => each.key === key) === true)
  return twin === undefined ? '' : `; for the whole cluster there is ${twin[0]}`
}
