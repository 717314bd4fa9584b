/**
 * What is in effect: what a resource shows of a key, and what the key would fall back to.
 * @module
 */
import type { ConfigEntry, ConfigSource } from '../admin.ts'
import { rowOf, type KeyRow, type KeyTable } from './keys/index.ts'
import { protocolType, type ValueType } from './types.ts'

/** Key → what the resource shows of it. */
export type Entries = ReadonlyMap<string, ConfigEntry>

/** The type of a key: ours, or the one the broker names. */
export function typeOf(rows: KeyTable, key: string, entry: ConfigEntry | undefined): ValueType {
  return rowOf(rows, key)?.type ?? protocolType(entry?.type ?? 0)
}

/**
 * What a key falls back to when no source of `above` sets it: the nearest synonym of another source, in the unit of the
 * key itself (`log.retention.hours` stands behind `retention.ms`), or Kafka's default. null when it is not known. Pure.
 */
export function fallbackOf(entry: ConfigEntry, row: KeyRow | undefined, above: readonly ConfigSource[]): string | null {
  const next = entry.synonyms.find(({ source, value }) => !above.includes(source) && value !== null)
  if (next === undefined || next.value === null) return row?.default ?? null
  return inMs(next.value, row, next.name)
}

/** The entry of a broker with the coarser keys behind it: they decide where the key itself is not set. Pure. */
export function withCoarser(entry: ConfigEntry, row: KeyRow | undefined, broker: Entries): ConfigEntry {
  const behind = (row?.coarser ?? []).flatMap(({ key }) => {
    const { value = null, source = 'default' } = broker.get(key) ?? {}
    return value === null ? [] : [{ name: key, value, source }]
  })
  const [nearest] = behind
  const value = entry.value ?? (nearest === undefined ? null : inMs(nearest.value, row, nearest.name))
  return { ...entry, value, synonyms: [...entry.synonyms, ...behind] }
}

/** A negative number means "no limit" in every unit. */
function inMs(value: string, row: KeyRow | undefined, key: string): string {
  const unit = row?.coarser?.find((coarser) => coarser.key === key)?.ms ?? 1
  return unit === 1 || value.startsWith('-') ? value : String(Number(value) * unit)
}
