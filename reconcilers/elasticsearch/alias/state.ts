/**
 * A declared alias, a live alias, and what else must be known to judge them.
 * @module
 */
import { z } from 'zod'
import { bodySchema, type Body } from '../body.ts'
import { flagSchema, routingSchema } from '../body/scalars.ts'

const routing = routingSchema.nullish()

const memberSchema = z
  .strictObject({
    filter: bodySchema.nullish().describe('a query; only documents it matches are seen through the alias'),
    routing: routing.describe('index_routing and search_routing at once'),
    index_routing: routing.describe('one value'),
    search_routing: routing.describe('one value, or several with commas between them'),
    is_write_index: flagSchema
      .nullish()
      .describe('documents written to the alias go to this index; at most one of an alias'),
    is_hidden: flagSchema.nullish().describe('wildcards do not find the alias; the same for all its indices')
  })
  .transform((fields): Body =>
    Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
  )

/** One item of aliases.json: all indices and data streams behind the alias. One that is null is not behind it. */
export const aliasSchema = z
  .record(z.string(), memberSchema.nullable())
  .refine((members) => Object.values(members).some((member) => member !== null), {
    error: 'at least one index: an alias of nothing does not exist'
  })
  .describe('index or data stream → what holds for it; others are taken out of the alias')

export type AliasSpec = z.output<typeof aliasSchema>

/** The indices that are declared to be behind the alias. */
export function membersOf(spec: AliasSpec): ReadonlyMap<string, Body> {
  return new Map(Object.entries(spec).flatMap(([index, member]) => (member === null ? [] : [[index, member]])))
}

export interface AliasState {
  /** Index or data stream → its canonical member. */
  readonly members: ReadonlyMap<string, Body>
  /** Those of the members that are data streams. */
  readonly streams: ReadonlySet<string>
}

export interface AliasFacts {
  /** All names that are taken and seen, by what they are. */
  readonly indices: ReadonlySet<string>
  readonly dataStreams: ReadonlySet<string>
  /** Alias → what is behind it. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
}
