/**
 * Values of the inline form: written as people like to, kept as NiFi stores them.
 * @module
 */
import { z } from 'zod'
/** FormatUtils.VALID_TIME_UNITS, and a parameter, which only the server can look up. */
const time =
  /^\s*\d+(?:\.\d+)?\s*(?:ns|nanos?|nanoseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)\s*$/i

/** DataUnit.DATA_SIZE_PATTERN. */
const size = /^\s*\d+(?:\.\d+)?\s*[KMGT]?B\s*$/i

/** A time as NiFi writes it. The example stands in the message. */
export function timeSchema(example: string) {
  return quantitySchema((text) => time.test(text) || text.includes('#{'), `a time with its unit, such as "${example}"`)
}

/** A size as NiFi writes it. */
export const sizeSchema = quantitySchema((text) => size.test(text), 'a size with its unit, such as "100 MB"')

/** Numbers are let in only to be refused for their missing unit, in better words than those of a wrong type. */
function quantitySchema(fits: (text: string) => boolean, expected: string) {
  return z
    .union([z.string(), z.number()], { error: expected })
    .refine((value) => fits(String(value)), { error: expected })
    .transform(String)
}

/** Names: one as text, or a list of them. */
export const namesSchema = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((names) => [...new Set(typeof names === 'string' ? [names] : names)].toSorted())
