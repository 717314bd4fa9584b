/**
 * Bodies of requests as their author wrote them and as the server gives them back.
 * @module
 */
import { z } from 'zod'
import type { Json } from '../../src/contract.ts'

/** A JSON object. */
export type Body = { readonly [key: string]: Json }

/** Whether a value is an object, not a list. */
export function isBody(value: Json | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object the server knows better than we do; a whole number beyond 2^53 becomes text, which the server takes as well. */
export const bodySchema = z.record(z.string(), z.unknown()).transform(toBody)

function toBody(fields: Readonly<Record<string, unknown>>): Body {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, toJson(value)]))
}

function toJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && value !== null) return toBody({ ...value })
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
