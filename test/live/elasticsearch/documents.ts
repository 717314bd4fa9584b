/**
 * The documents of the command line about Elasticsearch.
 * @module
 */
import { documentsOf } from '../documents.ts'

export type { ApplyDocument, PlanDocument } from '../documents.ts'

const kinds = 'component-template|index-template|lifecycle-policy|ingest-pipeline|index|alias|data-stream'

export const elasticsearchDocuments = documentsOf(
  'elasticsearch',
  new RegExp(`^elasticsearch/((${kinds})/.+|cluster/settings)$`)
)

/** Each throws when stdout holds anything but that one document. */
export const { readPlan, readApplied, readFailure, readValidation } = elasticsearchDocuments
