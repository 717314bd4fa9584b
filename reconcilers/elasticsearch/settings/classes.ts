/**
 * Which index settings there are, and how each can change.
 * @module
 */
import { elasticsearchRows } from './elasticsearch-rows.ts'
import { opensearchRows } from './opensearch-rows.ts'
import type { SettingClass, SettingRow, SettingType } from './row.ts'
import { sharedRows } from './shared-rows.ts'

/** What is known of one setting. */
export interface SettingTraits {
  readonly class: SettingClass
  readonly type: SettingType
  /** Whether a server is known to have it. Plugins add settings: one that is not known is tried in place. */
  readonly known: boolean
}

const rows: readonly SettingRow[] = [...sharedRows, ...elasticsearchRows, ...opensearchRows]

const unknown: SettingTraits = { class: 'dynamic', type: 'text', known: false }

const byKey = new Map<string, SettingTraits>(
  rows.flatMap((row) => (row.keys ?? []).map((key) => [key, traitsOfRow(row)]))
)

const byPrefix: readonly (readonly [string, SettingTraits])[] = rows.flatMap((row) =>
  (row.prefixes ?? []).map((prefix) => [prefix, traitsOfRow(row)] as const)
)

/** Keys without `index.` that a server is known to have. */
export const knownKeys: readonly string[] = [...byKey.keys()]

/** What is known of a setting; total. `key` stands without `index.`. Pure. */
export function traitsOf(key: string): SettingTraits {
  return (
    byKey.get(key) ?? byPrefix.find(([prefix]) => key.length > prefix.length && key.startsWith(prefix))?.[1] ?? unknown
  )
}

/** Taken at creation and not shown afterwards, by Elasticsearch at least. */
export const unseenSetting = 'number_of_routing_shards'

/** Set and moved by the server while the index lives (allocation, disk watchdog, lifecycle, time bounds, replication). */
const moved: ReadonlySet<string> = new Set([
  'blocks.read_only_allow_delete',
  'lifecycle.indexing_complete',
  'replication.type',
  'routing.allocation.include._tier_preference',
  'routing.allocation.require._id',
  'routing.allocation.require._name',
  'time_series.end_time',
  'time_series.start_time'
])

/** Whether the server sets a value on its own: never a finding when nobody declared it. Pure. */
export function isSetByServer(key: string): boolean {
  return moved.has(key) || traitsOf(key).class === 'server'
}

function traitsOfRow(row: SettingRow): SettingTraits {
  return { class: row.class, type: row.type, known: true }
}
