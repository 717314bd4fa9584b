/**
 * A declared component template, a live one, and how they are compared (ComponentTemplate.PARSER).
 * @module
 */
import { z } from 'zod'
import { flagSchema } from '../body/scalars.ts'
import { declaredBody, metaSchema, versionSchema } from '../body/schema.ts'
import type { BodyShape } from '../body/shape.ts'
import { templateSchema } from '../templates/schema.ts'
import { canonicalTemplate, templateRules } from '../templates/shape.ts'

/** One item of component-templates.json. */
export const componentTemplateSchema = z
  .strictObject({
    template: templateSchema,
    version: versionSchema,
    _meta: metaSchema,
    deprecated: flagSchema.nullish().describe('using it in a new index template gives a warning')
  })
  .transform(declaredBody)

/** A change touches no index that exists, only those made afterwards. */
export const componentTemplateShape: BodyShape = {
  canonical: (body) => canonicalTemplate(body, []),
  rules: templateRules,
  meta: ['_meta'],
  judge: () => ({ risk: 'safe' })
}
