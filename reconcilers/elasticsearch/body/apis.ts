/**
 * How the four kinds of bodies are read and written. Which time-outs each API takes was measured on Elasticsearch 9.4 and
 * OpenSearch 3.8.
 * @module
 */
import { componentTemplateKind } from '../component-template/kind.ts'
import { componentTemplateShape, componentTemplatesFrom } from '../component-template/state.ts'
import { indexTemplateKind } from '../index-template/kind.ts'
import { indexTemplateShape, indexTemplatesFrom } from '../index-template/state.ts'
import { ingestPipelineKind } from '../ingest-pipeline/kind.ts'
import { ingestPipelineShape, ingestPipelinesFrom } from '../ingest-pipeline/state.ts'
import { lifecyclePolicyKind } from '../lifecycle-policy/kind.ts'
import { lifecyclePoliciesFrom, lifecyclePolicyShape } from '../lifecycle-policy/state.ts'
import type { BodyApi, LiveNames } from './resource.ts'

const componentTemplates = {
  kind: 'component-template',
  path: '/_component_template',
  read: componentTemplatesFrom
} as const satisfies LiveNames
const lifecyclePolicies = {
  kind: 'lifecycle-policy',
  path: '/_ilm/policy',
  read: lifecyclePoliciesFrom
} as const satisfies LiveNames
const ingestPipelines = {
  kind: 'ingest-pipeline',
  path: '/_ingest/pipeline',
  read: ingestPipelinesFrom
} as const satisfies LiveNames

export const componentTemplateApi: BodyApi = {
  ...componentTemplates,
  kind: componentTemplateKind,
  shape: componentTemplateShape,
  patience: ['master_timeout'],
  takesMarker: () => true,
  refersTo: [lifecyclePolicies, ingestPipelines]
}

export const indexTemplateApi: BodyApi = {
  kind: indexTemplateKind,
  path: '/_index_template',
  read: indexTemplatesFrom,
  shape: indexTemplateShape,
  patience: ['master_timeout'],
  takesMarker: () => true,
  refersTo: [componentTemplates, lifecyclePolicies, ingestPipelines]
}

export const lifecyclePolicyApi: BodyApi = {
  ...lifecyclePolicies,
  kind: lifecyclePolicyKind,
  shape: lifecyclePolicyShape,
  patience: ['master_timeout', 'timeout'],
  takesMarker: () => true,
  refersTo: []
}

export const ingestPipelineApi: BodyApi = {
  ...ingestPipelines,
  kind: ingestPipelineKind,
  shape: ingestPipelineShape,
  patience: ['master_timeout', 'timeout'],
  // OpenSearch refuses `_meta` in a pipeline.
  takesMarker: ({ distribution }) => distribution === 'elasticsearch',
  refersTo: []
}
