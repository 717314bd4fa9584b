/**
 * Flags, whole numbers and routings that the server takes as text too: `"true"`, `"508"`, and `508.0`. What is sent is
 * the plain form, because the server drops some of the others without a word: `is_write_index: "true"` of a template's
 * alias (measured on 8.19, 9.4 and OpenSearch 3.8).
 * @module
 */
import { z } from 'zod'
import { exactNumber, isNumber, type Json, writtenNumber, writtenText } from '../../../src/plugin.ts'

/** True or false, also as text. */
export const flagSchema = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'true or false' })
  .transform((flag) => flag === true || flag === 'true')

/** A whole number, also as text and of any size; `least` is 0 or absent. */
export function wholeSchema(least?: 0) {
  const [number, digits] = least === 0 ? [z.int().min(0), /^\d+$/] : [z.int(), /^-?\d+$/]
  return z
    .preprocess(
      inDigits,
      z.union([number, z.string().regex(digits)], { error: least === 0 ? 'an integer of at least 0' : 'an integer' })
    )
    .transform((whole): Json => (typeof whole === 'string' ? writtenNumber(whole) : whole))
}

/** A whole number as a number where a double holds it, as its digits otherwise; anything else as it is. */
function inDigits(value: unknown): unknown {
  const text = textOf(value)
  const exact = text === undefined ? undefined : exactNumber(text)
  return typeof exact === 'number' && Number.isInteger(exact)
    ? exact
    : typeof exact === 'bigint'
      ? exact.toString()
      : value
}

/** The routing of an alias: a number is the text it is written as. */
export const routingSchema = z
  .preprocess((value) => textOf(value) ?? value, z.union([z.string(), z.number()]))
  .transform(String)

function textOf(value: unknown): string | undefined {
  if (isNumber(value)) return writtenText(value)
  return typeof value === 'string' || typeof value === 'bigint' ? value.toString() : undefined
}
