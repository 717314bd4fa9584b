/**
 * The documents of the command line about Kafka.
 * @module
 */
import { documentsOf } from '../documents.ts'

export type { ApplyDocument, PlanDocument } from '../documents.ts'

export const kafkaDocuments = documentsOf('kafka', /^kafka\/(topic\/.+|cluster\/default)$/)

/** Each throws when stdout holds anything but that one document. */
export const { readPlan, readApplied, readFailure, readValidation } = kafkaDocuments
