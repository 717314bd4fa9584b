/**
 * A declared index, a live index, and what else must be known to judge them.
 * @module
 */
import { z } from 'zod'
import type { SharedAlias } from '../alias/shared.ts'
import { bodySchema, type Body } from '../body.ts'
import type { Facts } from '../facts.ts'
import { mappingSchema } from '../mapping/schema.ts'
import type { Server } from '../connection/server.ts'
import type { GenerationMarker } from './reindex/marker.ts'

/**
 * What to do when a change needs a new index. `reindex`: copy into a new generation while writes to the old one are
 * refused; `reindex-dual-write`: the same without refusing writes, for writers that are known to write to both.
 */
export const strategies = ['reindex', 'reindex-dual-write'] as const

/** One item of indices.json: the body of `PUT /<index>`, and what to do when that cannot be changed in place. */
export const indexSchema = z.strictObject({
  settings: bodySchema
    .optional()
    .describe(
      'with or without the prefix "index.", nested or flat; null resets a setting, what is absent is left alone'
    ),
  mappings: mappingSchema.optional().describe('fields that are declared; others on the server are left alone'),
  aliases: z
    .record(z.string(), bodySchema)
    .optional()
    .describe('the part of this index in each alias; others in the alias are left alone'),
  strategy: z
    .enum(strategies)
    .optional()
    .describe('the name is then an alias in front of <name>-1, <name>-2, …; absent: changes that need a new index wait')
})

export type IndexSpec = z.output<typeof indexSchema>

/** Another generation of the same name, by its marker. */
export interface Generation extends GenerationMarker {
  readonly index: string
}

export interface IndexState {
  /** The index itself; differs from the name of the item when that is an alias in front of generations. */
  readonly index: string
  readonly isOpen: boolean
  readonly distribution: Server['distribution']
  /** As the server gives them, flat, with the prefix `index.`. */
  readonly settings: Body
  readonly mappings: Body
  readonly aliases: Body
  /** Other generations of the name, where the index is behind an alias. */
  readonly others?: readonly Generation[]
  /** Of the aliases it is declared to be in, those with more than one index. */
  readonly shared?: ReadonlyMap<string, SharedAlias>
}

export interface IndexFacts extends Facts {
  /** Live alias → what is behind it. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
  readonly dataStreams: ReadonlySet<string>
  /** Aliases that indices declare as their own and that have more than one index; absent: there are none. */
  readonly shared?: ReadonlyMap<string, SharedAlias>
}
