/**
 * Component templates: parts of index templates.
 * @module
 */
import { bodyKind, type BodyKind } from '../body/kind.ts'
import { namedList } from '../body/read.ts'
import { ingestPipelines } from '../ingest-pipeline/kind.ts'
import { lifecyclePolicies } from '../lifecycle-policy/kind.ts'
import { templateNameFault } from '../names.ts'
import { checkTemplate, templateReferences } from '../templates/check.ts'
import { componentTemplateSchema, componentTemplateShape } from './state.ts'

export const componentTemplates: BodyKind = {
  kind: 'component-template',
  file: 'component-templates',
  // A template stands for indices to come: until the pipeline it names is there, they refuse documents.
  after: ['ingest-pipeline'],
  schema: componentTemplateSchema,
  shape: componentTemplateShape,
  nameFault: templateNameFault,
  badName: 'invalid',
  references: templateReferences,
  check: (desired) => desired.flatMap(({ name, spec }) => checkTemplate(name, spec)),
  path: '/_component_template',
  entries: (answer) => namedList(answer, 'component_templates', 'component_template'),
  patience: ['master_timeout'],
  takesMarker: () => true,
  refersTo: [lifecyclePolicies, ingestPipelines]
}

export const componentTemplateKind = bodyKind(componentTemplates)
