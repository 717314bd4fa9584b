/**
 * Types of configuration values: what a text must look like, in words, and when two texts mean the same
 * (org.apache.kafka.common.config.ConfigDef.parseType).
 * @module
 */
import { didYouMean } from '../../../src/plugin.ts'

/** What a number counts. */
export type Unit = 'ms' | 'bytes' | 'bytes/s'

/** A whole number of so many bits beside its sign. */
export interface WholeType {
  readonly is: 'whole'
  readonly bits: 15 | 31 | 63
  /** Default: the lowest and the highest number of this width. */
  readonly min?: number
  readonly max?: number
  readonly unit?: Unit
  /** What certain values mean: `{ '-1': 'no limit' }`. */
  readonly names?: Readonly<Record<string, string>>
}

export interface DecimalType {
  readonly is: 'double'
  readonly min?: number
  readonly max?: number
  readonly unit?: Unit
}

/** `text` is whatever only the broker can judge, `secret` what is never shown either. */
export type ValueType =
  | WholeType
  | DecimalType
  | { readonly is: 'boolean' }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'list'; readonly values?: readonly string[]; readonly ordered?: true }
  | { readonly is: 'text' }
  | { readonly is: 'secret' }

type Options = Omit<WholeType, 'is' | 'bits'>

export const short = (options: Options = {}): WholeType => ({ is: 'whole', bits: 15, ...options })
export const int = (options: Options = {}): WholeType => ({ is: 'whole', bits: 31, ...options })
export const long = (options: Options = {}): WholeType => ({ is: 'whole', bits: 63, ...options })
export const boolean: ValueType = { is: 'boolean' }
export const text: ValueType = { is: 'text' }
export const secret: ValueType = { is: 'secret' }

/** The protocol's `config_type`, for keys that are in no table. */
const protocolTypes: Readonly<Record<number, ValueType>> = {
  1: boolean,
  3: int(),
  4: short(),
  5: long(),
  6: { is: 'double' },
  7: { is: 'list', ordered: true },
  9: secret
}

/** The type a broker names; `text` for one it does not name or that is newer than this table. */
export function protocolType(code: number): ValueType {
  return protocolTypes[code] ?? text
}

/** What the type expects beside what was found; undefined when the text fits, as secrets and free text do. Pure. */
export function misfit(type: ValueType, found: string): string | undefined {
  const value = found.trim()
  if (fits(type, value)) return undefined
  return `expected ${expectation(type)}, found ${JSON.stringify(found)}${hint(type, value)}`
}

function fits(type: ValueType, value: string): boolean {
  if (type.is === 'whole') return fitsWhole(type, value)
  if (type.is === 'double')
    return isDecimal(value) && isWithin(Number(value), type.min ?? -Infinity, type.max ?? Infinity)
  if (type.is === 'boolean') return /^(true|false)$/i.test(value)
  if (type.is === 'enum') return type.values.includes(value)
  if (type.is !== 'list' || type.values === undefined || value === '') return true
  const { values } = type
  return value.split(',').every((entry) => values.includes(entry.trim()))
}

function fitsWhole(type: WholeType, value: string): boolean {
  const number = wholeOf(value)
  const { min, max } = limits(type)
  return number !== undefined && isWithin(number, min, max)
}

function isWithin<T extends bigint | number>(value: T, min: T, max: T): boolean {
  return value >= min && value <= max
}

/** The type in words: `a whole number of ms from -1 to 9223372036854775807 (-1: no limit)`. Pure. */
export function expectation(type: ValueType): string {
  if (type.is === 'whole') return wholeInWords(type)
  if (type.is === 'double') {
    return `a number${of(type.unit)}${type.max === undefined ? '' : ` from ${type.min ?? 0} to ${type.max}`}`
  }
  if (type.is === 'boolean') return 'true or false'
  if (type.is === 'enum') return `one of ${type.values.join(', ')}`
  if (type.is === 'list') return type.values === undefined ? 'a list' : `a list of ${type.values.join(', ')}`
  return 'text'
}

function wholeInWords(type: WholeType): string {
  const { min, max } = limits(type)
  const names = Object.entries(type.names ?? {}).map(([value, name]) => `${value}: ${name}`)
  return `a whole number${of(type.unit)} from ${min} to ${max}${names.length === 0 ? '' : ` (${names.join(', ')})`}`
}

function of(unit: Unit | undefined): string {
  return unit === undefined ? '' : ` of ${unit}`
}

function limits({ bits, min, max }: WholeType): { readonly min: bigint; readonly max: bigint } {
  const span = 2n ** BigInt(bits)
  return { min: BigInt(min ?? -span), max: BigInt(max ?? span - 1n) }
}

const milliseconds = { ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 36e5, d: 864e5, days: 864e5, w: 6048e5 }
const bytes = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4 }
const factors: Readonly<Record<Unit | 'count', Readonly<Record<string, number>>>> = {
  ms: milliseconds,
  bytes,
  'bytes/s': bytes,
  count: {}
}

/** What was probably meant: the nearest of the values, the number without separators, or in the unit of the key. */
function hint(type: ValueType, found: string): string {
  if (type.is === 'enum') return didYouMean(found, type.values)
  if (type.is === 'list') return didYouMean(strangerIn(found, type.values), type.values ?? [])
  if (type.is !== 'whole') return ''
  const plain = found.replaceAll(/(?<=\d)[_' ](?=\d)/g, '')
  const [, count = '', unit = ''] = /^(\d+) *([a-z]*)$/i.exec(plain) ?? []
  const factor = unit === '' ? 1 : factors[type.unit ?? 'count'][unit.toLowerCase()]
  if (count === '' || factor === undefined || count === found) return ''
  return `; did you mean ${BigInt(count) * BigInt(factor)}?`
}

function strangerIn(list: string, values: readonly string[] = []): string {
  return listEntries(list).find((entry) => !values.includes(entry)) ?? ''
}

/** Whether two texts mean the same value of this type. Pure. */
export function sameValue(type: ValueType, a: string, b: string): boolean {
  const [left, right] = [a.trim(), b.trim()]
  if (left === right) return true
  if (type.is === 'boolean') return left.toLowerCase() === right.toLowerCase()
  if (type.is === 'whole') return wholeOf(left) !== undefined && wholeOf(left) === wholeOf(right)
  if (type.is === 'double') return isDecimal(left) && isDecimal(right) && Number(left) === Number(right)
  if (type.is !== 'list') return false
  const order = (value: string): string =>
    (type.ordered ? listEntries(value) : [...new Set(listEntries(value))].toSorted()).join(',')
  return order(left) === order(right)
}

/** Entries of a Kafka list; the empty text has none. */
export function listEntries(value: string): readonly string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** The number a broker reads from a text, undefined when it reads none. */
function wholeOf(value: string): bigint | undefined {
  return /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : undefined
}

function isDecimal(value: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)
}
