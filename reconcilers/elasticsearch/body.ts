/**
 * Bodies of requests as their author wrote them and as the server gives them back.
 * @module
 */
import { z } from 'zod'
import { isWrittenNumber, type Json, writtenNumber } from '../../src/plugin.ts'

/** A JSON object. */
export type Body = { readonly [key: string]: Json }

/** Whether a value is an object: no list, and no number that keeps its text. */
export function isBody(value: Json | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)
}

/** The value as an object; an empty one where it is none. */
export function asBody(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}

/** An object the server knows better than we do; its numbers are sent as they are written. */
export const bodySchema = z.record(z.string(), z.unknown()).transform(toBody)

function toBody(fields: Readonly<Record<string, unknown>>): Body {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, toJson(value)]))
}

function toJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toJson)
  if (isWrittenNumber(value)) return value
  if (typeof value === 'object' && value !== null) return toBody({ ...value })
  if (typeof value === 'bigint') return writtenNumber(value.toString())
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
