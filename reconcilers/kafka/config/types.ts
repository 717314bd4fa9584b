/**
 * Types of configuration values: what a text must look like, told in words, and when two texts mean the same
 * (org.apache.kafka.common.config.ConfigDef.parseType).
 * @module
 */
import { didYouMean } from '../../../src/parse/nearest.ts'

/** What a number counts. */
export type Unit = 'ms' | 'bytes' | 'bytes/s'

/** A number of this width; `names` says what certain values mean, `{ '-1': 'no limit' }`. */
export interface WholeType {
  readonly is: 'int' | 'long' | 'short'
  /** Default: the lowest and the highest number of the width. */
  readonly min?: number
  readonly max?: number
  readonly unit?: Unit
  readonly names?: Readonly<Record<string, string>>
}

/** `text` is whatever only the broker can judge, `secret` what is never shown either. */
export type ValueType =
  | WholeType
  | { readonly is: 'double'; readonly min?: number; readonly max?: number; readonly unit?: Unit }
  | { readonly is: 'boolean' }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'list'; readonly values?: readonly string[]; readonly ordered?: true }
  | { readonly is: 'text' }
  | { readonly is: 'secret' }

type Options = Omit<WholeType, 'is'>

export const int = (options: Options = {}): WholeType => ({ is: 'int', ...options })
export const long = (options: Options = {}): WholeType => ({ is: 'long', ...options })
export const short = (options: Options = {}): WholeType => ({ is: 'short', ...options })
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

const bits = { short: 15n, int: 31n, long: 63n } as const

/** What the type expects beside what was found; undefined when the text fits. Secrets and free text always fit. Pure. */
export function misfit(type: ValueType, found: string): string | undefined {
  const value = found.trim()
  if (fits(type, value)) return undefined
  return `expected ${expectation(type)}, found ${JSON.stringify(found)}${hint(type, value)}`
}

function fits(type: ValueType, value: string): boolean {
  switch (type.is) {
    case 'text':
    case 'secret':
      return true
    case 'boolean':
      return /^(true|false)$/i.test(value)
    case 'enum':
      return type.values.includes(value)
    case 'list':
      return value === '' || value.split(',').every((entry) => type.values?.includes(entry.trim()) ?? true)
    case 'double':
      return isDecimal(value) && isWithin(Number(value), type.min ?? -Infinity, type.max ?? Infinity)
    default: {
      const number = wholeOf(value)
      const { min, max } = limits(type)
      return number !== undefined && isWithin(number, min, max)
    }
  }
}

function isWithin<T extends bigint | number>(value: T, min: T, max: T): boolean {
  return value >= min && value <= max
}

/** The type in words: `a whole number of ms from -1 (no limit) to 9223372036854775807`. Pure. */
export function expectation(type: ValueType): string {
  switch (type.is) {
    case 'text':
    case 'secret':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'enum':
      return `one of ${type.values.join(', ')}`
    case 'list':
      return type.values === undefined ? 'a list' : `a list of ${type.values.join(', ')}`
    case 'double':
      return `a number${of(type.unit)}${type.max === undefined ? '' : ` from ${type.min ?? 0} to ${type.max}`}`
    default: {
      const { min, max } = limits(type)
      const names = Object.entries(type.names ?? {}).map(([value, name]) => `${value}: ${name}`)
      return `a whole number${of(type.unit)} from ${min} to ${max}${names.length === 0 ? '' : ` (${names.join(', ')})`}`
    }
  }
}

function of(unit: Unit | undefined): string {
  return unit === undefined ? '' : ` of ${unit}`
}

function limits({ is, min, max }: WholeType): { readonly min: bigint; readonly max: bigint } {
  const span = 2n ** bits[is]
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

/** What was probably meant. */
function hint(type: ValueType, found: string): string {
  if (type.is === 'enum' || type.is === 'list') return didYouMean(found, type.values ?? [])
  if (type.is !== 'int' && type.is !== 'long') return ''
  const plain = found.replaceAll(/(?<=\d)[_' ](?=\d)/g, '')
  const [, count = '', unit = ''] = /^(\d+) *([a-z]*)$/i.exec(plain) ?? []
  const factor = unit === '' ? 1 : factors[type.unit ?? 'count'][unit.toLowerCase()]
  if (count === '' || factor === undefined || count === found) return ''
  return `; did you mean ${BigInt(count) * BigInt(factor)}?`
}

/** Whether two texts mean the same value of this type. Pure. */
export function sameValue(type: ValueType, a: string, b: string): boolean {
  const [left, right] = [a.trim(), b.trim()]
  if (left === right) return true
  switch (type.is) {
    case 'boolean':
      return left.toLowerCase() === right.toLowerCase()
    case 'int':
    case 'long':
    case 'short':
      return wholeOf(left) !== undefined && wholeOf(left) === wholeOf(right)
    case 'double':
      return isDecimal(left) && isDecimal(right) && Number(left) === Number(right)
    case 'list': {
      const order = (entries: readonly string[]): string => (type.ordered ? entries : [...new Set(entries)].toSorted()).join(',')
      return order(listEntries(left)) === order(listEntries(right))
    }
    default:
      return false
  }
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
