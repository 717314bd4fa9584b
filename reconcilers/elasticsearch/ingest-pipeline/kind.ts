/**
 * Ingest pipelines: what happens to documents before they are stored.
 * @module
 */
import { bodyKind, type BodyKind } from '../body/kind.ts'
import { namedBodies } from '../body/read.ts'
import { aliasNameFault } from '../names.ts'
import { checkIngestPipelines, pipelineReferences } from './check.ts'
import { ingestPipelineSchema, ingestPipelineShape } from './state.ts'

export const ingestPipelines: BodyKind = {
  kind: 'ingest-pipeline',
  file: 'ingest-pipelines',
  schema: ingestPipelineSchema,
  shape: ingestPipelineShape,
  nameFault: aliasNameFault,
  // IngestService.validatePipeline: accepted today, with a critical deprecation warning.
  badName: 'warn',
  references: pipelineReferences,
  check: checkIngestPipelines,
  path: '/_ingest/pipeline',
  entries: namedBodies,
  patience: ['master_timeout', 'timeout'],
  // OpenSearch refuses `_meta` in a pipeline.
  takesMarker: ({ distribution }) => distribution === 'elasticsearch',
  refersTo: []
}

export const ingestPipelineKind = bodyKind(ingestPipelines)
