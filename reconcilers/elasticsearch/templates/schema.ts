/**
 * What component and index templates share: the field `template`, as Template.PARSER and AliasMetadata take it.
 * @module
 */
import { z } from 'zod'
import { bodySchema } from '../body.ts'
import { flagSchema, routingSchema } from '../body/scalars.ts'
import { declaredBody } from '../body/schema.ts'

const aliasSchema = z
  .strictObject({
    filter: bodySchema.nullish().describe('a query; only documents that match it are seen through the alias'),
    routing: routingSchema.nullish().describe('sets index_routing and search_routing'),
    index_routing: routingSchema.nullish(),
    search_routing: routingSchema.nullish(),
    is_write_index: flagSchema.nullish(),
    is_hidden: flagSchema.nullish()
  })
  .transform(declaredBody)

/** The field `template`. */
export const templateSchema = z
  .strictObject({
    settings: bodySchema.nullish().describe('settings of the indices made from it, with or without "index."'),
    mappings: bodySchema.nullish().describe('mappings of the indices made from it'),
    aliases: z.record(z.string(), aliasSchema.nullable()).nullish().describe('aliases of the indices made from it'),
    lifecycle: bodySchema.nullish().describe('data stream lifecycle of the data streams made from it'),
    data_stream_options: bodySchema
      .nullish()
      .describe('options of the data streams made from it, e.g. the failure store')
  })
  .transform(declaredBody)
