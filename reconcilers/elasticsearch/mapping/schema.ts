/**
 * Mappings as people write them.
 * @module
 */
import { z } from 'zod'
import { bodySchema } from '../body.ts'

const flag = z.union([z.boolean(), z.enum(['true', 'false'])])
const fields = z.record(z.string(), bodySchema.nullable())
const texts = z.union([z.string(), z.array(z.string())])

/**
 * Schema of `mappings`. Root keys nobody knows are refused; types and parameters of fields are the server's to judge,
 * because it has many and plugins add more.
 */
export const mappingSchema = z
  .strictObject({
    properties: fields.describe('fields by name; `a.b` is `b` below `a`; fields only the server has are left alone'),
    runtime: fields.describe('runtime fields by name; null removes one'),
    dynamic: z
      .union([
        z.boolean(),
        z.enum(['true', 'false', 'strict', 'runtime', 'strict_allow_templates', 'false_allow_templates'])
      ])
      .nullable()
      .describe('how fields are treated that nobody mapped'),
    dynamic_templates: z.array(bodySchema).nullable().describe('written and compared as a whole'),
    dynamic_date_formats: texts.nullable(),
    date_detection: flag.nullable(),
    numeric_detection: flag.nullable(),
    subobjects: z.union([flag, z.literal('auto')]).describe('set at creation only'),
    enabled: flag.describe('set at creation only'),
    derived: fields.describe('derived fields of OpenSearch by name'),
    _source: bodySchema.describe('set at creation only; never changed on a live index'),
    _routing: bodySchema.describe('set at creation only'),
    _meta: bodySchema.nullable().describe('declared keys are compared, others are left alone'),
    _field_names: bodySchema,
    _size: bodySchema,
    _data_stream_timestamp: bodySchema
  })
  .partial()
  .transform((mapping) => bodySchema.parse(mapping))

/** A declared mapping, as its author wrote it. */
export type DeclaredMapping = z.output<typeof mappingSchema>
