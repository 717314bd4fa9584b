/**
 * Whether a value is what JSON can hold.
 * @module
 */
import type { Json } from '../records.ts'

/** No value that people declare is nested as deep; a value that contains itself is. */
const mostLevels = 200

/** Plain objects, lists, text, finite numbers, booleans and null, all the way down. */
export function isJson(value: unknown, levels = mostLevels): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || levels === 0) return false
  if (Array.isArray(value)) return value.every((entry) => isJson(entry, levels - 1))
  return isPlain(value) && Object.values(value).every((entry) => isJson(entry, levels - 1))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
