/**
 * Turns what the client throws when it gets no answer into one of our errors, once.
 * @module
 */
import {
  addressOf,
  connectionErrorCode,
  connectionErrorReason,
  deepestMessage,
  type ErrorCode,
  ReconcileError
} from '../../../src/plugin.ts'

/** Errors of the client that say by their name what happened. */
const codeByName: ReadonlyMap<string, ErrorCode> = new Map([
  ['RequestAbortedError', 'TIMEOUT'],
  ['DeserializationError', 'UNAVAILABLE']
])

/**
 * UNREACHABLE, TIMEOUT, CERTIFICATE, UNAVAILABLE for an answer that cannot be read, or INTERNAL; the message begins with
 * `url`, which must hold no credentials. Total; keeps `cause`, without what was answered.
 */
export function noAnswer(error: unknown, url: URL): ReconcileError {
  if (error instanceof ReconcileError) return error
  return new ReconcileError(classify(error), `${addressOf(url)}: ${reasonOf(error, url)}`, {
    cause: withoutAnswer(error)
  })
}

/** What was answered may hold anything, and causes are printed as they are. */
function withoutAnswer(error: unknown): unknown {
  return error instanceof Error && 'data' in error
    ? Object.assign(new Error(error.message), { name: error.name, stack: error.stack })
    : error
}

function classify(error: unknown): ErrorCode {
  const name = nameOf(error)
  const known = codeByName.get(name) ?? connectionErrorCode(error)
  if (known !== undefined) return known
  return name === 'ConnectionError' || name === 'NoLivingConnectionsError' ? 'UNREACHABLE' : 'INTERNAL'
}

function reasonOf(error: unknown, url: URL): string {
  const reason = connectionErrorReason(error, url, 'ELASTICSEARCH_CA_FILE')
  if (nameOf(error) === 'DeserializationError') return `the answer is no JSON (${reason})`
  // The client drops the errors of several addresses, and their texts with them.
  return deepestMessage(error) === 'ConnectionError' ? 'none of its addresses can be connected to' : reason
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
