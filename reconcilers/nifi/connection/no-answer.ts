/**
 * Turns what the client throws when it gets no answer into one of our errors, once.
 * @module
 */
import {
  addressOf,
  codeOf,
  connectionErrorCode,
  connectionErrorReason,
  deepestMessage,
  ReconcileError
} from '../../../src/plugin.ts'

/** The client says so when a signal aborts, and nothing about why. */
const canceled = 'ERR_CANCELED'

/**
 * UNREACHABLE, TIMEOUT, CERTIFICATE or INTERNAL; the message begins with `url`, which must hold no credentials. Total. Its
 * cause says what happened and holds nothing of the request: the client's own error carries the headers it sent.
 */
export function noAnswer(error: unknown, url: URL): ReconcileError {
  if (error instanceof ReconcileError) return error
  const isCanceled = codeOf(error) === canceled
  const code = isCanceled ? 'TIMEOUT' : (connectionErrorCode(error) ?? 'INTERNAL')
  const reason = isCanceled ? 'no answer before the deadline' : connectionErrorReason(error, url, 'NIFI_CA_FILE')
  return new ReconcileError(code, `${addressOf(url)}: ${reason}`, { cause: withoutRequest(error) })
}

function withoutRequest(error: unknown): Error {
  const code = codeOf(error)
  return Object.assign(new Error(deepestMessage(error)), code === undefined ? {} : { code })
}
