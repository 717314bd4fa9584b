/**
 * Declared configuration beside what the broker shows. A key is in sync only when the resource itself carries it:
 * an inherited value can change while nobody looks, and brokers may disagree about it.
 * @module
 */
import type { FieldChange, Json, Risk } from '../../../src/contract.ts'
import type { ConfigEntry, ConfigSource } from '../admin.ts'
import { throttleKeys } from './known-keys.ts'
import { hazardOf, inheritedValue, type Hazard } from './risk.ts'
import { equalValues } from './value.ts'

/** Declared keys: text to enforce, null to reset. */
export type DeclaredConfig = Readonly<Record<string, string | null>>

/** How the configuration of a kind is compared. */
export interface ConfigScope {
  /** The source that says the resource itself carries the key. */
  readonly own: ConfigSource
  /** Sources that are not what a key falls back to when it is reset. */
  readonly above: readonly ConfigSource[]
  /** The least risk of any change. */
  readonly floor: Hazard | undefined
}

/** One change per declared key that differs. Pure. */
export function compareConfig(
  declared: DeclaredConfig,
  entries: ReadonlyMap<string, ConfigEntry>,
  scope: ConfigScope
): readonly FieldChange[] {
  return Object.entries(declared).flatMap(([key, value]) => {
    const entry = entries.get(key)
    const carried = entry?.source === scope.own ? entry.value : null
    const isOwn = entry?.source === scope.own
    if (value === null ? !isOwn : isOwn && carried !== null && equalValues(key, entry?.type ?? 0, carried, value)) return []
    return [changeOf(key, entry, carried, value, scope)]
  })
}

/** One change per key the resource carries and nobody declared: the change that would reset it. Pure. */
export function undeclaredConfig(
  declared: DeclaredConfig,
  entries: ReadonlyMap<string, ConfigEntry>,
  scope: ConfigScope
): readonly FieldChange[] {
  return [...entries.values()].flatMap((entry) => {
    if (entry.source !== scope.own || Object.hasOwn(declared, entry.name) || throttleKeys.has(entry.name)) return []
    return [changeOf(entry.name, entry, entry.value, null, scope)]
  })
}

function changeOf(key: string, entry: ConfigEntry | undefined, before: string | null, after: string | null, scope: ConfigScope): FieldChange {
  const path = `config.${key}`
  const refused = refusalOf(key, entry)
  const shown = (value: Json): Json => (entry?.sensitive === true && value !== null ? '******' : value)
  const change = { path, before: shown(before), after: shown(after) }
  if (refused !== undefined) return { ...change, risk: 'unsupported', why: refused }
  const inEffect = entry?.value ?? null
  const then = after ?? (entry === undefined ? null : inheritedValue(entry, scope.above))
  const hazard = hazardOf(key, inEffect, then) ?? scope.floor
  return { ...change, ...(hazard ?? { risk: 'safe' satisfies Risk }) }
}

function refusalOf(key: string, entry: ConfigEntry | undefined): string | undefined {
  if (throttleKeys.has(key)) return `${key} belongs to the tools that move replicas`
  if (entry?.sensitive === true) return `${key} is sensitive: the broker does not show it, so it cannot be compared`
  return entry?.readOnly === true ? `${key} can only be changed in the broker's own file` : undefined
}
