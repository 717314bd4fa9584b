/**
 * When two values of a setting mean the same. The server keeps the text it was given, so `30s` and `30000ms` both stay as
 * they were written.
 * @module
 */
import { exactNumber } from '../../../src/plugin.ts'
import { traitsOf } from './classes.ts'
import { defaultOf, type Defaults } from './defaults.ts'
import type { SettingValue } from './flatten.ts'
import type { SettingType } from './row.ts'

/**
 * Whether two values of an index setting mean the same to the server; null stands for "not set", which means the
 * default. Pure.
 */
export function equalValues(key: string, a: SettingValue, b: SettingValue, defaults: Defaults = defaultOf): boolean {
  return normalForm(key, a, defaults) === normalForm(key, b, defaults)
}

/** One text for all values of a setting that mean the same. */
function normalForm(key: string, value: SettingValue, defaults: Defaults): string {
  const meant = value ?? defaults(key)
  if (meant === undefined) return 'null'
  const { type } = traitsOf(key)
  const entries = entriesOf(type, meant)
  return JSON.stringify(typeof entries === 'string' ? (scalarForms[type]?.(entries) ?? entries) : entries)
}

/** One entry is no list; the server splits the text of a list setting at its commas. */
function entriesOf(type: SettingType, value: string | readonly string[]): string | readonly string[] {
  const isText = typeof value === 'string'
  if (type === 'list') {
    const entries = isText
      ? value
          .split(',')
          .map((entry) => entry.trim())
          .filter((entry) => entry !== '')
      : value
    return entries.length === 1 && entries[0] !== undefined ? entries[0] : entries
  }
  const [only, ...more] = isText ? [value] : value
  // A synonym rule has commas of its own: as text it would be several rules.
  return isText || only === undefined || more.length > 0 || only.includes(',') ? value : only
}

const scalarForms: Readonly<Partial<Record<SettingType, (text: string) => string>>> = {
  integer: numberForm,
  decimal: numberForm,
  free: numberForm,
  time: (text) => nanosecondsOf(text)?.toString() ?? text,
  bytes: (text) => bytesOf(text)?.toString() ?? text,
  instant: instantForm,
  word: (text) => text.toLowerCase()
}

function numberForm(text: string): string {
  return String(exactNumber(text) ?? text)
}

const nanoseconds: Readonly<Record<string, bigint>> = {
  nanos: 1n,
  micros: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n
}

/** Nanoseconds, `-1` for "never", undefined for what is no time. Source: org.elasticsearch.core.TimeValue. Pure. */
export function nanosecondsOf(text: string): bigint | undefined {
  const plain = text.trim()
  if (/^-0*1$/.test(plain)) return -1n
  if (/^0+$/.test(plain)) return 0n
  const [, amount, unit = ''] = /^(-?\d+)\s*(nanos|micros|ms|s|h|d|m)$/.exec(lowerButMonths(plain)) ?? []
  const size = nanoseconds[unit]
  if (amount === undefined || size === undefined) return undefined
  const count = BigInt(amount)
  if (count < 0n) return count === -1n ? -1n : undefined
  return count * size
}

/** Units may be upper case, but `M` is no minute. */
function lowerButMonths(text: string): string {
  return text.endsWith('M') ? text : text.toLowerCase()
}

const byteUnits = 'bkmgtp'

/** Bytes, `-1` for "no limit", undefined for what is no size. Source: ByteSizeValue of the server. Pure. */
export function bytesOf(text: string): bigint | undefined {
  const plain = text.trim().toLowerCase()
  if (plain === '-1' || plain === '0') return BigInt(plain)
  const [, whole, fraction, unit] = /^(-1|\d+)(\.\d+)?\s*([bkmgtp])b?$/.exec(plain) ?? []
  if (whole === undefined || unit === undefined || plain.endsWith('bb')) return undefined
  if (whole === '-1') return fraction === undefined && unit === 'b' ? -1n : undefined
  const size = 1024n ** BigInt(byteUnits.indexOf(unit))
  const part = fraction === undefined ? 0 : Math.trunc(Number(`0${fraction}`) * Number(size))
  return BigInt(whole) * size + BigInt(part)
}

/** A date without a zone is in UTC for the server. */
function instantForm(text: string): string {
  if (/^-?\d{5,}$/.test(text)) return text
  const zoned = /T/.test(text) && !/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text
  const milliseconds = Date.parse(zoned)
  return Number.isNaN(milliseconds) ? text : String(milliseconds)
}
