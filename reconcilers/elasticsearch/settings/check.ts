/**
 * Rules over declared settings that need no server.
 * @module
 */
import { didYouMean, type Json, type Remark } from '../../../src/plugin.ts'
import { knownKeys, traitsOf } from './classes.ts'
import { flattenSettings, type FlatSettings, type SettingMap, type SettingValue, type Spelling } from './flatten.ts'
import { overriddenIn } from './overrides.ts'
import { wrongValue } from './types.ts'

/** A remark about settings, without the name of the item that holds them. */
export type SettingRemark = Omit<Remark, 'name'>

/** Everything wrong with declared settings; `at` is where they stand in the item, e.g. `['template', 'settings']`. Pure. */
export function checkSettings(settings: Json | undefined, at: readonly string[]): readonly SettingRemark[] {
  const flat = flattenSettings(settings)
  const remarks = [
    ...flat.misshapen.map(({ key, path }) => shapeRemark(key, path)),
    ...flat.conflicts.map(({ key, spellings }) => conflictRemark(key, spellings)),
    ...[...flat.values].flatMap(([key, value]) => checkSetting(key, value, flat.paths.get(key) ?? [])),
    ...overriddenRemarks(flat)
  ]
  return remarks.map((remark) => ({ ...remark, path: [...at, ...remark.path] }))
}

function shapeRemark(key: string, path: readonly string[]): SettingRemark {
  const message = `expected text, a number, true, false, null or a list of these, found something else in the list of ${key}; write its entries as text`
  return { verdict: 'invalid', code: 'SETTING_VALUE', path, message }
}

function conflictRemark(key: string, spellings: readonly Spelling[]): SettingRemark {
  const found = spellings.map(({ path, value }) => `${JSON.stringify(value)} as ${path.join('.')}`).join(' and ')
  return {
    verdict: 'invalid',
    code: 'SETTING_CONFLICT',
    path: spellings[0]?.path ?? [],
    message: `expected one value of ${key}, found ${found}; keep one`
  }
}

function checkSetting(key: string, value: SettingValue, path: readonly string[]): readonly SettingRemark[] {
  const traits = traitsOf(key)
  if (traits.class === 'server') {
    return [
      {
        verdict: 'invalid',
        code: 'SETTING_OF_SERVER',
        path,
        message: `expected a setting that can be declared, found ${key}, which only the server sets; remove it`
      }
    ]
  }
  if (!traits.known) {
    const meant = didYouMean(key, knownKeys)
    const message = `expected a known index setting, found "${key}"${meant}${meant === '' ? '; ' : ' '}the server decides`
    return [{ verdict: 'warn', code: 'UNKNOWN_SETTING', path, message }]
  }
  const message = value === null ? undefined : wrongValue(key, value)
  return message === undefined ? [] : [{ verdict: 'invalid', code: 'SETTING_VALUE', path, message }]
}

/**
 * Declared settings that count for nothing beside declared ones or, with `live`, beside what only the index has. Pure.
 */
export function overriddenRemarks({ values, paths }: FlatSettings, live?: SettingMap): readonly SettingRemark[] {
  return overriddenIn(values, live).map(({ setting, code, message }) => ({
    verdict: 'warn',
    code,
    path: paths.get(setting) ?? [],
    message
  }))
}
