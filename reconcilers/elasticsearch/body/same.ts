/**
 * When two JSON values mean the same.
 * @module
 */
import { equalNumber, isNumber, type Json, sameNumber, type WrittenNumber, writtenText } from '../../../src/plugin.ts'
import { isBody } from '../body.ts'
import { serverText } from '../numbers.ts'
import { fieldOf } from './compare.ts'

/**
 * Equal as JSON that is kept as it was written: the order of lists counts, the order of object fields does not, and `1`
 * is not `1.0`.
 */
export function sameJson(a: Json, b: Json): boolean {
  return sameBy(a, b, (left, right) => left === right || (isNumber(left) && isNumber(right) && sameNumber(left, right)))
}

/** Equal where the server converts: `1`, `1.0` and `"1"` are one value, `true` and `"true"` too. */
export function sameText(a: Json, b: Json): boolean {
  return sameBy(a, b, sameScalar)
}

/** The same of two values that are no lists and no objects. */
export function sameScalar(a: Scalar, b: Scalar): boolean {
  if (a === null || b === null) return a === b
  if (isNumber(a) && isNumber(b)) return equalNumber(a, b)
  return textOf(a) === textOf(b) || (isNumber(a) && serverText(a) === b) || (isNumber(b) && serverText(b) === a)
}

/** The text of a scalar; empty for null, lists and objects. */
export function textOf(value: Json | undefined): string {
  if (isNumber(value)) return writtenText(value)
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : ''
}

/** What is neither a list nor an object. */
export type Scalar = null | boolean | number | string | WrittenNumber

function sameBy(a: Json, b: Json, same: (a: Scalar, b: Scalar) => boolean): boolean {
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, index) => sameBy(item, b[index] ?? null, same))
  if (isBody(a)) {
    if (!isBody(b) || Object.keys(a).length !== Object.keys(b).length) return false
    return Object.entries(a).every(([key, value]) => {
      const other = fieldOf(b, key)
      return other !== undefined && sameBy(value, other, same)
    })
  }
  return !isList(b) && !isBody(b) && same(a, b)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
