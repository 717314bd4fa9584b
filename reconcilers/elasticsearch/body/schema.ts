/**
 * Schemas of bodies whose fields Elasticsearch takes strictly.
 * @module
 */
import { z } from 'zod'
import type { Json } from '../../../src/plugin.ts'
import { bodySchema, type Body } from '../body.ts'
import { wholeSchema } from './scalars.ts'

/** What a checked object is once its absent fields are left out. */
export function declaredBody(fields: Readonly<Record<string, Json | undefined>>): Body {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  )
}

export const metaSchema = bodySchema
  .nullish()
  .describe('anything about the item, for people and tools; null takes it away')

/** A version the author keeps; Elasticsearch only stores it. */
export const versionSchema = wholeSchema()
  .nullish()
  .describe('a number you may use to manage the item; Elasticsearch does nothing with it')

/** Names: one as text, or a list of them. */
export const namesSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])
