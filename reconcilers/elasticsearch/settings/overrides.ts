/**
 * Settings that count for nothing beside another one.
 * @module
 */
import type { SettingMap, SettingValue } from './flatten.ts'
import { equalValues } from './values.ts'

/** One setting that wins over another one. */
interface Override {
  readonly setting: string
  readonly by: string
  /** Whether a value that is set wins. */
  readonly wins: (value: SettingValue) => boolean
  readonly code: string
  readonly what: string
}

export const replicas = 'number_of_replicas'
export const expansion = 'auto_expand_replicas'

const overrides: readonly Override[] = [
  {
    setting: replicas,
    by: expansion,
    // Acknowledged and ignored (measured on 8.19 and 9.4).
    wins: (value) => !equalValues(expansion, value, 'false'),
    code: 'REPLICAS_EXPAND',
    what: 'the server ignores the number'
  },
  {
    setting: 'search.idle.after',
    by: 'refresh_interval',
    // IndexShard.scheduledRefresh asks isExplicitRefresh before isSearchIdle.
    wins: () => true,
    code: 'OVERRIDDEN',
    what: 'an index that sets its refresh interval is refreshed whether somebody searches or not'
  }
]

/** A declared setting that counts for nothing. */
export interface Overridden {
  readonly setting: string
  readonly code: string
  readonly message: string
}

/**
 * What of the declared settings is overridden by a declared one or, with `live`, by one that only the server has. Pure.
 */
export function overriddenIn(declared: SettingMap, live?: SettingMap): readonly Overridden[] {
  return overrides.flatMap(({ setting, by, wins, code, what }) => {
    const own = declared.get(setting) ?? null
    const [where, value] = declared.has(by)
      ? ['', live === undefined ? declared.get(by) : undefined]
      : ['the live ', live?.get(by)]
    if (own === null || value === undefined || value === null || !wins(value)) return []
    const found = `${String(own)} beside ${where}${String(value)}`
    return [
      {
        setting,
        code,
        message: `expected ${setting} or ${by}, found ${found}; ${what}, remove one`
      }
    ]
  })
}
