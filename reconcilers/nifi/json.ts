/**
 * JSON of files and of answers: numbers keep the text they are written in, because what nobody reads is passed on.
 * @module
 */
import { z } from 'zod'
import { equalNumber, isNumber, isWrittenNumber, type Json, writtenNumber } from '../../src/plugin.ts'

/** A JSON object whose fields NiFi knows better than we do. */
export type Body = { readonly [field: string]: Json }

/** A part of an answer that is passed on as it is: zod's own schema of JSON would take a raw number for an object. */
export const jsonSchema = z.custom<Json>((value) => value !== undefined)

/** What was parsed from a document, as JSON. Pure. */
export function toJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toJson)
  if (isWrittenNumber(value)) return value
  if (typeof value === 'bigint') return writtenNumber(value.toString())
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** Whether a value is an object: no list, and no number that keeps its text. */
export function isBody(value: Json | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)
}

/** An object; empty where there is none. */
export function asBody(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}

/** A field of its own, so that `constructor` is a name like any other; undefined where there is none. */
export function fieldOf(body: Body, field: string): Json | undefined {
  return Object.hasOwn(body, field) ? body[field] : undefined
}

/** A text; empty where there is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Items of a list; empty where there is none. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** Equal as JSON: the order of lists counts, the order of fields and the notation of numbers do not. */
export function sameJson(a: Json, b: Json): boolean {
  if (Array.isArray(a))
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item: Json, index) => sameJson(item, itemsOf(b)[index] ?? null))
    )
  if (isNumber(a) && isNumber(b)) return equalNumber(a, b)
  if (!isBody(a) || !isBody(b)) return a === b
  const entries = Object.entries(a)
  if (entries.length !== Object.keys(b).length) return false
  return entries.every(([key, value]) => Object.hasOwn(b, key) && sameJson(value, b[key] ?? null))
}
