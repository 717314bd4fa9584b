/**
 * A declared index template, a live one, and how they are compared (ComposableIndexTemplate.PARSER).
 * @module
 */
import { z } from 'zod'
import { bodySchema, isBody } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { flagSchema, wholeSchema } from '../body/scalars.ts'
import { declaredBody, metaSchema, namesSchema, versionSchema } from '../body/schema.ts'
import type { BodyShape, Judge } from '../body/shape.ts'
import { templateSchema } from '../templates/schema.ts'
import { canonicalTemplate, templateRules } from '../templates/shape.ts'

const dataStreamSchema = z
  .strictObject({
    hidden: flagSchema.nullish(),
    allow_custom_routing: flagSchema.nullish(),
    timestamp_field: bodySchema.nullish().describe('OpenSearch only')
  })
  .transform(declaredBody)

/** One item of index-templates.json. */
export const indexTemplateSchema = z
  .strictObject({
    index_patterns: namesSchema.describe('names of indices and data streams it is for; "*" stands for anything'),
    template: templateSchema.nullish(),
    composed_of: z.array(z.string().min(1)).nullish().describe('component templates, later ones win'),
    ignore_missing_component_templates: z
      .array(z.string().min(1))
      .nullish()
      .describe('component templates that need not exist'),
    priority: wholeSchema(0).nullish().describe('of several that match the highest is taken; absent is 0'),
    data_stream: dataStreamSchema.nullish().describe('present: names that match become data streams'),
    allow_auto_create: flagSchema.nullish(),
    version: versionSchema,
    _meta: metaSchema,
    deprecated: flagSchema.nullish().describe('an index made from it gives a warning')
  })
  .transform(declaredBody)

/** MetadataIndexTemplateService refuses to take `data_stream` away while a data stream needs the template. */
const judge: Judge = ({ steps }, before, after) => {
  const [was, is] = [before, after].map((body) => isBody(fieldOf(body, 'data_stream')))
  if (steps[0] !== 'data_stream' || was === is) return { risk: 'safe' }
  const why = is
    ? 'new names that match become data streams instead of indices'
    : 'new names that match become indices instead of data streams; the server refuses it while a data stream needs this template'
  return { risk: 'disruptive', why }
}

export const indexTemplateShape: BodyShape = {
  canonical: (body) => canonicalTemplate(body, ['index_patterns', 'composed_of', 'ignore_missing_component_templates']),
  rules: templateRules,
  meta: ['_meta'],
  judge
}
