/**
 * The documents of the command line about NiFi.
 * @module
 */
import { documentsOf } from '../documents.ts'

export type { ApplyDocument, PlanDocument } from '../documents.ts'

export const nifiDocuments = documentsOf('nifi', /^nifi\/((parameter-context|flow)\/.+|controller\/settings)$/)

/** Each throws when stdout holds anything but that one document. */
export const { readPlan, readApplied, readFailure, readValidation } = nifiDocuments
