/**
 * Index templates: what new indices and data streams are made of.
 * @module
 */
import { bodyKind, type BodyKind } from '../body/kind.ts'
import { namedList } from '../body/read.ts'
import { componentTemplates } from '../component-template/kind.ts'
import { ingestPipelines } from '../ingest-pipeline/kind.ts'
import { lifecyclePolicies } from '../lifecycle-policy/kind.ts'
import { templateNameFault } from '../names.ts'
import { checkIndexTemplates, indexTemplateReferences } from './check.ts'
import { indexTemplateSchema, indexTemplateShape } from './state.ts'

export const indexTemplates: BodyKind = {
  kind: 'index-template',
  file: 'index-templates',
  // The server refuses a template without its parts; indices made from it refuse documents without their pipeline.
  after: ['component-template', 'ingest-pipeline'],
  schema: indexTemplateSchema,
  shape: indexTemplateShape,
  nameFault: templateNameFault,
  badName: 'invalid',
  references: indexTemplateReferences,
  check: checkIndexTemplates,
  path: '/_index_template',
  entries: (answer) => namedList(answer, 'index_templates', 'index_template'),
  patience: ['master_timeout'],
  takesMarker: () => true,
  refersTo: [componentTemplates, lifecyclePolicies, ingestPipelines]
}

export const indexTemplateKind = bodyKind(indexTemplates)
