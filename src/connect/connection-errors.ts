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
/**
 * What OpenSSL says of a certificate that nobody known has signed
 * (https://docs.openssl.org/master/man1/openssl-verification-options/).
 */
const untrusted = /self.signed certificate|unable to (?:verify|get (?:local )?issuer)/i
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

/**
 * The innermost reason in one line that people can act on. It names the protocol that `url` probably should have, with
 * the address, and `caVariable`, which names the CA to trust, where nobody known has signed the server's certificate.
 * Pure.
 */
export function connectionErrorReason(error: unknown, url: URL, caVariable?: string): string {
  const reason = lineOf(error)
  const instead = `try ${addressOf(other(url))}`
  if (noTls.test(reason)) return `the server answers without TLS; it probably speaks plain http: ${instead}`
  const isPlain = url.protocol === 'http:'
  const noAnswer = `the answer is not HTTP (${reason}); the server probably speaks TLS`
  if (isPlain && noHttp.test(reason)) return `${noAnswer}: ${instead}`
  if (isPlain && cutOff.test(reason)) return `${reason}; if this persists, the server may speak TLS: ${instead}`
  return caVariable === undefined ? plain(reason) : trustReason(reason, caVariable)
}

/**
 * A reason of TLS without advice that does not fit a container; where nobody known has signed the server's certificate,
 * with the variable that names the CA to trust. Pure.
 */
export function trustReason(reason: string, caVariable: string): string {
  const advice = `; to trust its CA, name the CA's certificate in ${caVariable}`
  return `${plain(reason)}${untrusted.test(reason) ? advice : ''}`
}

/** The same address in the other protocol. */
function other(url: URL): URL {
  const changed = new URL(url)
  changed.protocol = url.protocol === 'http:' ? 'https:' : 'http:'
  // A URL leaves out the port of its protocol, which is what the server listens on.
  changed.port = url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port
  return changed
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
