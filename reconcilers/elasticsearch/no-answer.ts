/**
 * Turns what the client throws when it gets no answer into one of our errors, once. It keeps the text of the reason and
 * drops its code, so that the text has to be looked at.
 * @module
 */
import { type ErrorCode, ReconcileError, systemErrorCode, deepestMessage } from '../../src/errors.ts'

/** The first that fits tells the code. */
const texts: readonly (readonly [RegExp, ErrorCode])[] = [
  [/certificate|altname|self.signed|unable to verify|unable to get/i, 'CERTIFICATE'],
  [/wrong version number|packet length too long|EPROTO/i, 'CERTIFICATE'],
  [/tim(ed|e) ?out/i, 'TIMEOUT']
]

/** UNREACHABLE, TIMEOUT, CERTIFICATE, UNAVAILABLE for an answer that cannot be read, or INTERNAL. Total; keeps `cause`. */
export function noAnswer(error: unknown): ReconcileError {
  if (error instanceof ReconcileError) return error
  return new ReconcileError(classify(error), deepestMessage(error), { cause: error })
}

function classify(error: unknown): ErrorCode {
  const system = systemErrorCode(error)
  if (system !== undefined) return system
  const name = error instanceof Error ? error.name : ''
  if (name === 'RequestAbortedError') return 'TIMEOUT'
  if (name === 'DeserializationError') return 'UNAVAILABLE'
  const known = texts.find(([text]) => text.test(deepestMessage(error)))?.[1]
  if (known !== undefined) return known
  return name === 'ConnectionError' || name === 'NoLivingConnectionsError' ? 'UNREACHABLE' : 'INTERNAL'
}
