/**
 * Turns what the client throws when it gets no answer into one of our errors, once. It keeps the text of the reason and
 * drops its code, so that the text has to be looked at.
 * @module
 */
import { type ErrorCode, ReconcileError, systemErrorCode, deepestMessage } from '../../src/errors.ts'

/** OpenSSL reads something that is no TLS. */
const noTls = /wrong version number|packet length too long|EPROTO/i

/** The first that fits tells the code. */
const texts: readonly (readonly [RegExp, ErrorCode])[] = [
  [noTls, 'UNREACHABLE'],
  [/certificate|altname|self.signed|unable to verify|unable to get/i, 'CERTIFICATE'],
  [/tim(ed|e) ?out/i, 'TIMEOUT']
]

/**
 * UNREACHABLE, TIMEOUT, CERTIFICATE, UNAVAILABLE for an answer that cannot be read, or INTERNAL; the message begins with
 * `url`, which must hold no credentials. Total; keeps `cause`, without what was
 * answered.
 */
export function noAnswer(error: unknown, url: URL): ReconcileError {
  if (error instanceof ReconcileError) return error
  return new ReconcileError(classify(error), `${addressOf(url)}: ${reasonOf(error, url)}`, { cause: withoutAnswer(error) })
}

/** What was answered may hold anything, and causes are printed as they are. */
function withoutAnswer(error: unknown): unknown {
  return error instanceof Error && 'data' in error ? Object.assign(new Error(error.message), { name: error.name, stack: error.stack }) : error
}

/** As people write it: without a slash at the end. */
export function addressOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

function classify(error: unknown): ErrorCode {
  const system = systemErrorCode(error)
  if (system !== undefined) return system
  const name = nameOf(error)
  if (name === 'RequestAbortedError') return 'TIMEOUT'
  if (name === 'DeserializationError') return 'UNAVAILABLE'
  const known = texts.find(([text]) => text.test(deepestMessage(error)))?.[1]
  if (known !== undefined) return known
  return name === 'ConnectionError' || name === 'NoLivingConnectionsError' ? 'UNREACHABLE' : 'INTERNAL'
}

function reasonOf(error: unknown, { protocol }: URL): string {
  const reason = deepestMessage(error).replaceAll(/\s+/g, ' ').trim()
  if (noTls.test(reason)) return 'what listens there does not speak TLS (is it http?)'
  if (nameOf(error) === 'DeserializationError') return `the answer is no JSON (${reason})`
  // The client drops the errors of several addresses, and their texts with them.
  if (reason === 'ConnectionError') return 'none of its addresses can be connected to'
  const isCutOff = /other side closed|ECONNRESET|EPIPE/.test(reason)
  return isCutOff && protocol === 'http:' ? `${reason} (if this goes on: is it https?)` : plain(reason)
}

/** OpenSSL's reason without its place in the source, Node's without advice that does not fit a container. */
function plain(reason: string): string {
  const [, openssl] = /SSL routines:[^:]*:([^:]+)/.exec(reason) ?? []
  return openssl === undefined ? reason.replace(/; if the root CA is installed locally.*/s, '') : `TLS: ${openssl}`
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
