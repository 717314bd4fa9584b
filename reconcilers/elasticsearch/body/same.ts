/**
 * When two JSON values mean the same.
 * @module
 */
import type { Json } from '../../../src/contract.ts'
import { isBody } from '../body.ts'
import { fieldOf } from './compare.ts'

/** Equal as JSON: the order of lists counts, the order of object fields does not. */
export function sameJson(a: Json, b: Json): boolean {
  return sameBy(a, b, (left, right) => left === right)
}

/** Equal when their texts are: where the server keeps text, `1` and `"1"` are one value, `true` and `"true"` too. */
export function sameText(a: Json, b: Json): boolean {
  return sameBy(a, b, (left, right) => left === right || (left !== null && right !== null && String(left) === String(right)))
}

/** The text of a scalar; empty for null, lists and objects. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

type Scalar = null | boolean | number | string

function sameBy(a: Json, b: Json, sameScalar: (a: Scalar, b: Scalar) => boolean): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => sameBy(item, b[index] ?? null, sameScalar))
  if (isBody(a)) {
    if (!isBody(b) || Object.keys(a).length !== Object.keys(b).length) return false
    return Object.entries(a).every(([key, value]) => {
      const other = fieldOf(b, key)
      return other !== undefined && sameBy(value, other, sameScalar)
    })
  }
  return !isList(b) && !isBody(b) && sameScalar(a, b)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
