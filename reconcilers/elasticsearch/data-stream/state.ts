/**
 * A declared data stream, a live one, and what else must be known to judge them.
 * @module
 */
import { z } from 'zod'
import type { Body } from '../body.ts'
import { flagSchema } from '../body/scalars.ts'
import type { Facts } from '../facts.ts'

const downsamplingSchema = z.strictObject({
  after: z.string().describe('age from which documents are summed up, e.g. "1d"'),
  fixed_interval: z.string().describe('documents of one interval become one, e.g. "1h"')
})

const lifecycleSchema = z
  .strictObject({
    data_retention: z
      .string()
      .nullish()
      .describe('documents older than this are deleted, e.g. "30d"; null: kept forever'),
    enabled: flagSchema.optional().describe('false: nothing is deleted or summed up; absent: not compared'),
    downsampling: z
      .array(downsamplingSchema)
      .min(1)
      .max(10)
      .nullish()
      .describe('rounds, each coarser than the one before; null: none')
  })
  .transform((fields): Body =>
    Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
  )

/** One item of data-streams.json. What its indices look like is up to its index template. */
export const dataStreamSchema = z.strictObject({
  lifecycle: lifecycleSchema.optional().describe('how old documents are treated; absent: left alone')
})

export type DataStreamSpec = z.output<typeof dataStreamSchema>

export interface DataStreamState {
  /** As the server gives it; absent when the stream has none. */
  readonly lifecycle: Body | undefined
}

/** One index template as far as it makes data streams. */
export interface StreamTemplate {
  readonly name: string
  readonly patterns: readonly string[]
  readonly priority: number
  readonly makesStreams: boolean
}

export interface DataStreamFacts extends Facts {
  /** Why the server cannot hold a lifecycle, if it cannot. */
  readonly withoutLifecycle?: string
  /** Live index templates; absent when they could not be read. */
  readonly templates?: readonly StreamTemplate[]
}
