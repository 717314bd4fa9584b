/**
 * JSON that is passed on: numbers keep the text they are written in, those of files and those of answers.
 * @module
 */
import { z } from 'zod'
import { isWrittenNumber, type Json, writtenNumber } from '../../src/plugin.ts'

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
