/**
 * Values the server would refuse for certain.
 * @module
 */
import { traitsOf } from './classes.ts'
import type { SettingType } from './row.ts'
import { bytesOf, nanosecondsOf } from './values.ts'

interface Expectation {
  readonly expected: string
  readonly example: string
  accepts(text: string): boolean
}

/** What the server takes, type by type; it takes `true` but not `True`, and a time or a size only with a unit (measured). */
const expectations: Readonly<Partial<Record<SettingType, Expectation>>> = {
  boolean: { expected: 'true or false', example: 'true', accepts: (text) => text === 'true' || text === 'false' },
  integer: { expected: 'a whole number', example: '1', accepts: (text) => /^[+-]?\d+$/.test(text) },
  decimal: {
    expected: 'a number',
    example: '0.5',
    accepts: (text) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[df]?$|^[+-]?(?:Infinity|NaN)$/i.test(text.trim())
  },
  time: {
    expected: 'a whole number with a unit of time',
    example: '30s',
    accepts: (text) => nanosecondsOf(text) !== undefined
  },
  bytes: { expected: 'a number with a unit of size', example: '512mb', accepts: (text) => bytesOf(text) !== undefined },
  instant: {
    expected: 'a date or milliseconds',
    example: '2026-01-31T00:00:00Z',
    accepts: (text) => /^-?\d+$|^[+-]?\d{4,9}(?:-\d\d(?:-\d\d(?:T.*)?)?)?$/.test(text)
  }
}

/** Bounds the server has in every version. */
const bounds: Readonly<Record<string, readonly [least: number, most: number]>> = {
  number_of_shards: [1, 1024],
  number_of_replicas: [0, Infinity],
  routing_partition_size: [1, Infinity],
  max_result_window: [1, Infinity]
}

/** What was expected, what was found and what to do; undefined for a value the server may take. Pure. */
export function wrongValue(key: string, value: string | readonly string[]): string | undefined {
  const expectation = expectations[traitsOf(key).type]
  if (expectation === undefined) return undefined
  const { expected, example } = expectation
  const refuse = (what: string, found: string): string =>
    `expected ${what} for ${key}, found ${found}; write it like ${example}`
  if (typeof value !== 'string') return refuse(expected, `a list of ${value.length}`)
  if (!expectation.accepts(value)) return refuse(expected, JSON.stringify(value))
  const [least, most] = bounds[key] ?? [-Infinity, Infinity]
  if (Number(value) >= least && Number(value) <= most) return undefined
  return traitsOf(key).type === 'integer'
    ? `expected ${range(least, most)} for ${key}, found ${value}; choose one of these`
    : undefined
}

function range(least: number, most: number): string {
  return most === Infinity ? `${least} or more` : `${least} to ${most}`
}
