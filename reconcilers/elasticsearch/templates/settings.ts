/**
 * Settings inside templates as fields of a body: flat, without `index.`, values as text.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { textOf } from '../body/same.ts'
import { flattenSettings, type SettingValue } from '../settings/flatten.ts'
import { equalValues } from '../settings/values.ts'

/** One entry a setting, whatever nesting was written; null stays null: not set. */
export function flatSettings(settings: Body): Body {
  return Object.fromEntries(flattenSettings(settings).values)
}

/** Whether two values mean the same: by unit, and a list of one entry as the entry. */
export function sameSetting(key: string, a: Json, b: Json): boolean {
  return equalValues(key, settingValue(a), settingValue(b))
}

function settingValue(value: Json): SettingValue {
  return Array.isArray(value) ? value.map(textOf) : textOf(value)
}
