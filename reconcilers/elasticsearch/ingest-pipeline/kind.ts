/**
 * The kind `ingest-pipeline`: everything that is known about ingest pipelines without a connection.
 * @module
 */
import type { Kind } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { compareBody, describeBody, undeclaredBody, type BodyState } from '../body/shape.ts'
import { protectedPatterns } from '../built-in.ts'
import type { Facts } from '../facts.ts'
import { checkIngestPipelines } from './check.ts'
import { ingestPipelineSchema, ingestPipelineShape } from './state.ts'

export const ingestPipelineKind: Kind<Body, BodyState, Facts> = {
  kind: 'ingest-pipeline',
  file: 'ingest-pipelines',
  schema: ingestPipelineSchema,
  numbersAsWritten: true,
  protect: protectedPatterns('ingest-pipeline'),
  compare: (spec, state) => compareBody(ingestPipelineShape, spec, state),
  undeclared: (spec, state) => undeclaredBody(ingestPipelineShape, spec, state),
  check: checkIngestPipelines,
  describe: describeBody
}
