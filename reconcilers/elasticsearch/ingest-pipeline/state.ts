/**
 * A declared ingest pipeline, a live one, and how they are compared (Pipeline.create). The server keeps a pipeline as it
 * was written.
 * @module
 */
import { z } from 'zod'
import { bodySchema, type Body } from '../body.ts'
import { overlay, type BodyRules } from '../body/compare.ts'
import { withoutMarker } from '../body/marker.ts'
import { flagSchema } from '../body/scalars.ts'
import { declaredBody, metaSchema, versionSchema } from '../body/schema.ts'
import { sameJson, sameText } from '../body/same.ts'
import type { BodyShape } from '../body/shape.ts'

/** One item of ingest-pipelines.json. */
export const ingestPipelineSchema = z
  .strictObject({
    description: z.string().nullish(),
    processors: z.array(bodySchema).describe('in the order they run, each an object with one key, its type'),
    on_failure: z.array(bodySchema).min(1).nullish().describe('processors that run when one of the others fails'),
    version: versionSchema,
    _meta: metaSchema,
    deprecated: flagSchema.nullish().describe('using it in a new index template gives a warning'),
    field_access_pattern: z.enum(['classic', 'flexible']).nullish().describe('how dotted field names are read')
  })
  .transform(declaredBody)

/** Fields 9.x adds to pipelines it shows. */
const serverFields = ['created_date', 'created_date_millis', 'modified_date', 'modified_date_millis']

function canonicalPipeline(body: Body): Body {
  return overlay(
    withoutMarker(body, ['_meta']),
    serverFields.map((field) => ({ steps: [field], before: null, after: null }))
  )
}

const pipelineRules: BodyRules = {
  isContainer: (steps) => steps.length === 1 && steps[0] === '_meta',
  isWhole: () => false,
  defaultAt: () => undefined,
  // The server keeps a version that was written as text.
  isSame: (steps, declared, live) =>
    steps.join('.') === 'version' ? sameText(declared, live) : sameJson(declared, live)
}

export const ingestPipelineShape: BodyShape = {
  canonical: canonicalPipeline,
  rules: pipelineRules,
  meta: ['_meta'],
  judge: () => ({ risk: 'safe' })
}
