/**
 * Settings in one flat form, whatever form their author or the server gave them.
 * @module
 */
import { exactNumber, isNumber, type Json, numberText, remember, writtenText } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { traitsOf } from './classes.ts'

/** A value as the server shows it; null resets a setting. */
export type SettingValue = string | readonly string[] | null

/** Settings by key, without `index.`. */
export type SettingMap = ReadonlyMap<string, SettingValue>

/** Where a setting was written, in the steps its author took, and what was written there. */
export interface Spelling {
  readonly path: readonly string[]
  readonly value: SettingValue
}

/** One setting spelled twice with different values; the server would keep either of them without a word. */
export interface Conflict {
  readonly key: string
  readonly spellings: readonly Spelling[]
}

/** A value no setting can have: a list with something else than text, numbers and booleans in it. */
export interface Misshapen {
  readonly key: string
  readonly path: readonly string[]
}

/** Settings as read. A setting in conflict has its first value. */
export interface FlatSettings {
  readonly values: SettingMap
  /** Where each setting was written first. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  readonly conflicts: readonly Conflict[]
  readonly misshapen: readonly Misshapen[]
}

const indexPrefix = 'index.'

/**
 * Reads settings written nested, dotted or both, with or without the prefix, by people or by a server. `prefix` is
 * dropped from keys however often it stands there; pass `''` for cluster settings. Never throws: what cannot be a setting
 * is in `misshapen`. Pure.
 */
export function flattenSettings(settings: Json | undefined, prefix = indexPrefix): FlatSettings {
  return isBody(settings) && prefix === indexPrefix ? flatIndexSettings(settings) : flatten(settings, prefix)
}

/** Asked for the same settings several times a cycle. */
const flatIndexSettings = remember((settings: Body) => flatten(settings, indexPrefix))

function flatten(settings: Json | undefined, prefix: string): FlatSettings {
  const spellings = new Map<string, Spelling[]>()
  const misshapen: Misshapen[] = []
  for (const { path, value } of leaves(settings ?? {}, [])) {
    const key = withoutPrefix(path.join('.'), prefix)
    const read = valueOf(value, key)
    if (read === undefined) misshapen.push({ key, path })
    else spellings.set(key, [...(spellings.get(key) ?? []), { path, value: read }])
  }
  const first = [...spellings].flatMap(([key, [spelling]]) => (spelling === undefined ? [] : [{ key, ...spelling }]))
  return {
    values: new Map(first.map(({ key, value }) => [key, value])),
    paths: new Map(first.map(({ key, path }) => [key, path])),
    conflicts: [...spellings].flatMap(([key, all]) =>
      new Set(all.map(({ value }) => JSON.stringify(value))).size > 1 ? [{ key, spellings: all }] : []
    ),
    misshapen
  }
}

/** An object without fields says nothing, as it does for the server. */
function leaves(
  value: Json,
  path: readonly string[]
): readonly { readonly path: readonly string[]; readonly value: Json }[] {
  return isBody(value)
    ? Object.entries(value).flatMap(([step, inner]) => leaves(inner, [...path, step]))
    : [{ path, value }]
}

function withoutPrefix(key: string, prefix: string): string {
  const stands = prefix !== '' && key.startsWith(prefix) && key.length > prefix.length
  return stands ? withoutPrefix(key.slice(prefix.length), prefix) : key
}

function valueOf(value: Json, key: string): SettingValue | undefined {
  if (!isList(value)) return value === null ? null : scalarText(value, key)
  const texts = value.map((entry) => scalarText(entry, key))
  return texts.every((text) => text !== undefined) ? texts : undefined
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function scalarText(value: Json, key: string): string | undefined {
  if (isNumber(value)) return settingText(writtenText(value), key)
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined
}

/**
 * A number as the text of a setting: as it is written, but without an exponent, and without a fraction where the
 * setting is a whole number. The server would make `1000.0` of `1e3` and refuse it.
 */
function settingText(written: string, key: string): string {
  const value = /e/i.test(written) || traitsOf(key).type === 'integer' ? exactNumber(written) : undefined
  return value === undefined || typeof value === 'string' ? written : numberText(value)
}
