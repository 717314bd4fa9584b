/**
 * Single values of a declaration: NiFi keeps properties and parameters as text.
 * @module
 */
import { z } from 'zod'
import { exactNumber, isNumber, isWrittenNumber, numberText, writtenText } from '../../src/plugin.ts'

const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null()], {
  error: 'text, a number, true, false or null'
})

/** Any scalar as text, a number as it is written: `1.0` is "1.0". Null stays null. */
export const scalarSchema = z
  .preprocess((value) => (isNumber(value) ? textOf(writtenText(value)) : value), scalar)
  .transform((value): string | null => (value === null ? null : String(value)))

/** Java reads no whole number that is written as `1e8`. */
function textOf(written: string): string {
  const exact = /e/i.test(written) ? exactNumber(written) : undefined
  return exact === undefined || typeof exact === 'string' ? written : numberText(exact)
}

/** A number that counts by its value, in whatever notation: `1e4` is 10000. */
export function byValue<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (isWrittenNumber(value) ? exactNumber(value.rawJSON) : value), schema)
}
