/**
 * Why a connection gave no answer. Clients keep the text of the reason and often drop its code, so that the text has to be
 * looked at as well.
 * @module
 */
import { deepestMessage, type ErrorCode, systemErrorCode } from '../errors.ts'

/** OpenSSL reads something that is no TLS. */
const noTls = /wrong version number|packet length too long|EPROTO/i
/** Node reads something that is no HTTP: the alert of a server that speaks TLS, say. */
const noHttp = /Parse Error/
const cutOff = /other side closed|socket hang up|stream has been aborted|ECONNRESET|EPIPE|^aborted$/

/** The first that fits tells the code. */
const texts: readonly (readonly [RegExp, ErrorCode])[] = [
  [noTls, 'UNREACHABLE'],
  [noHttp, 'UNREACHABLE'],
  [/certificate|altname|self.signed|unable to verify|unable to get|unknown ca/i, 'CERTIFICATE'],
  [cutOff, 'UNREACHABLE'],
  [/tim(ed|e) ?out/i, 'TIMEOUT']
]

/** UNREACHABLE, TIMEOUT or CERTIFICATE for errors of sockets, TLS and the framing of HTTP; undefined for any other. Pure. */
export function connectionErrorCode(error: unknown): ErrorCode | undefined {
  const told = [codeOf(error) ?? '', lineOf(error)]
  return systemErrorCode(error) ?? texts.find(([text]) => told.some((each) => text.test(each)))?.[1]
}

/** The innermost reason in one line that people can act on; it asks about the scheme of `url` where that may be wrong. Pure. */
export function connectionErrorReason(error: unknown, { protocol }: URL): string {
  const reason = lineOf(error)
  if (noTls.test(reason)) return 'what listens there does not speak TLS (is it http?)'
  if (protocol === 'http:' && (noHttp.test(reason) || cutOff.test(reason))) return `${reason} (if this goes on: is it https?)`
  return plain(reason)
}

/** An address as people write it: without a slash at the end, and without credentials and query. */
export function addressOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/** The code a client or Node gave an error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function lineOf(error: unknown): string {
  return deepestMessage(error).replaceAll(/\s+/g, ' ').trim()
}

/** OpenSSL's reason without its place in the source, Node's without advice that does not fit a container. */
function plain(reason: string): string {
  const [, openssl] = /SSL routines:[^:]*:([^:]+)/.exec(reason) ?? []
  return openssl === undefined ? reason.replace(/; if the root CA is installed locally.*/s, '') : `TLS: ${openssl}`
}
