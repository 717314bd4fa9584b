/**
 * When two values of a cluster setting mean the same. Which type a setting has is not known here, so that any reading
 * both values allow will do: what one type takes, the others refuse.
 * @module
 */
import { exactNumber } from '../../../src/plugin.ts'
import type { SettingValue } from '../settings/flatten.ts'
import { bytesOf, nanosecondsOf } from '../settings/values.ts'

const readings: readonly ((text: string) => bigint | number | string | undefined)[] = [
  exactNumber,
  nanosecondsOf,
  bytesOf
]

/** Whether two values mean the same; null is "not set". A list and its entries with commas between them do. Pure. */
export function sameSetting(a: SettingValue, b: SettingValue): boolean {
  if (a === null || b === null) return a === b
  const [left, right] = [textOf(a), textOf(b)]
  if (left === right) return true
  return readings.some((read) => {
    const value = read(left)
    return value !== undefined && value === read(right)
  })
}

function textOf(value: string | readonly string[]): string {
  const entries = typeof value === 'string' ? value.split(',') : value
  return entries.map((entry) => entry.trim()).join(',')
}
