/**
 * Turns what the client throws when it gets no answer into one of our errors, once.
 * @module
 */
import { type ErrorCode, ReconcileError, deepestMessage, systemErrorCode } from '../../src/errors.ts'

/** OpenSSL reads something that is no TLS. */
const noTls = /wrong version number|packet length too long|EPROTO/i
/** Node reads something that is no HTTP: the alert of a server that speaks TLS, say. */
const noHttp = /Parse Error/
const cutOff = /socket hang up|stream has been aborted|ECONNRESET|EPIPE|aborted/

/** The client says so when a signal aborts, and nothing about why. */
const canceled = 'ERR_CANCELED'

/** The first that fits tells the code. */
const texts: readonly (readonly [RegExp, ErrorCode])[] = [
  [noTls, 'UNREACHABLE'],
  [noHttp, 'UNREACHABLE'],
  [/certificate|altname|self.signed|unable to verify|unable to get|unknown ca/i, 'CERTIFICATE'],
  [cutOff, 'UNREACHABLE'],
  [/tim(ed|e) ?out/i, 'TIMEOUT']
]

/**
 * UNREACHABLE, TIMEOUT, CERTIFICATE or INTERNAL; the message begins with `url`, which must hold no credentials. Total. Its
 * cause says what happened and holds nothing of the request: the client's own error carries the headers it sent.
 */
export function noAnswer(error: unknown, url: URL): ReconcileError {
  if (error instanceof ReconcileError) return error
  return new ReconcileError(classify(error), `${addressOf(url)}: ${reasonOf(error, url)}`, { cause: withoutRequest(error) })
}

/** As people write it: without a slash at the end. */
export function addressOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

function withoutRequest(error: unknown): Error {
  const code = codeOf(error)
  return Object.assign(new Error(deepestMessage(error)), code === undefined ? {} : { code })
}

function classify(error: unknown): ErrorCode {
  if (codeOf(error) === canceled) return 'TIMEOUT'
  const system = systemErrorCode(error)
  if (system !== undefined) return system
  const reason = `${codeOf(error) ?? ''} ${deepestMessage(error)}`
  return texts.find(([text]) => text.test(reason))?.[1] ?? 'INTERNAL'
}

function reasonOf(error: unknown, { protocol }: URL): string {
  const reason = deepestMessage(error).replaceAll(/\s+/g, ' ').trim()
  if (codeOf(error) === canceled) return 'no answer before the deadline'
  if (noTls.test(reason)) return 'what listens there does not speak TLS (is it http?)'
  if (protocol === 'http:' && (noHttp.test(reason) || cutOff.test(reason))) return `${reason} (if this goes on: is it https?)`
  return plain(reason)
}

/** OpenSSL's reason without its place in the source, Node's without advice that does not fit a container. */
function plain(reason: string): string {
  const [, openssl] = /SSL routines:[^:]*:([^:]+)/.exec(reason) ?? []
  return openssl === undefined ? reason.replace(/; if the root CA is installed locally.*/s, '') : `TLS: ${openssl}`
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
