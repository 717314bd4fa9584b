/**
 * Answers that say nothing about what NiFi holds: pages of proxies, logins that redirect, and NiFi's own refusals of the
 * name it was called by. Above all, their 404 does not mean that a group is missing.
 * @module
 */
import { STATUS_CODES } from 'node:http'
import { addressOf, type ErrorCode, ReconcileError } from '../../../src/plugin.ts'
import type { Answer } from './link.ts'
import { means } from './prose.ts'
import { codeOfStatus, isInitializing, explanationOf } from './refusal.ts'

/** An answer before anybody knows whose it is. */
export interface RawAnswer extends Answer {
  readonly contentType: string
  /** Where a redirection leads to. */
  readonly location: string
}

/**
 * The error of an answer nobody must take for NiFi's word on what was asked, beginning with where it came from; undefined
 * for one that may be taken so. A reading is in conflict with nothing: NiFi refuses one with 409 only for the state it is in
 * itself. Pure.
 */
export function foreignAnswer(answer: RawAnswer, url: URL, isReading = false): ReconcileError | undefined {
  const wrongName = wrongNameOf(answer, url)
  if (wrongName !== undefined) return new ReconcileError(wrongName.code, `${addressOf(url)}: ${wrongName.message}`)
  if (isInitializing(answer))
    return new ReconcileError('UNAVAILABLE', `${addressOf(url)} is still starting: ${explanationOf(answer)}`)
  if (isReading && answer.status === 409)
    return new ReconcileError('UNAVAILABLE', `${addressOf(url)} cannot answer now: ${explanationOf(answer)}`)
  if (isOurs(answer)) return undefined
  const { status } = answer
  if (status === 413)
    return new ReconcileError(
      'REJECTED',
      `${addressOf(url)}: the request is larger than the server takes: ${described(answer)}`
    )
  const isTelling = status === 401 || status === 403 || status === 429 || status >= 500
  return new ReconcileError(
    isTelling ? codeOfStatus(status) : 'UNAVAILABLE',
    `${addressOf(url)}: expected JSON of NiFi, found ${described(answer)}`
  )
}

/** NiFi answers in JSON, and refuses in plain text. */
function isOurs({ status, body, contentType }: RawAnswer): boolean {
  if (status >= 300 && status < 400) return false
  if (typeof body !== 'string') return true
  return status >= 400 && !/html/i.test(contentType) && !/^\s*<(!doctype|html)/i.test(body)
}

/** NiFi 2 asks its certificate for the name, 1.x and 2.10 nifi.web.proxy.host; 1.x refuses with a page and status 200. */
function wrongNameOf(
  { status, body }: RawAnswer,
  url: URL
): { readonly code: ErrorCode; readonly message: string } | undefined {
  const text = typeof body === 'string' ? body.slice(0, 20_000) : ''
  if (status === 400 && means(text, 'wrong-server-name')) {
    return {
      code: 'CERTIFICATE',
      message: `NiFi does not go by the name ${url.hostname} (Invalid SNI); use a name of its certificate in NIFI_URL`
    }
  }
  if (status === 421 || means(text, 'wrong-host')) {
    const refused = status === 421 ? 'Misdirected Request' : 'invalid host header'
    return {
      code: 'UNREACHABLE',
      message: `NiFi does not go by the name ${url.host} (${refused}); use a name of its certificate in NIFI_URL, or add ${url.host} to nifi.web.proxy.host`
    }
  }
  return undefined
}

function described({ status, contentType, location, body }: RawAnswer): string {
  const type = contentType.split(';')[0]?.trim() ?? ''
  const said = explanationOf({ status, body: titleOf(body) ?? body })
  return [
    `HTTP ${status}${STATUS_CODES[status] === undefined ? '' : ` ${STATUS_CODES[status]}`}`,
    ...(type === '' ? [] : [`(${type})`]),
    ...(body === null || body === '' ? [] : [`"${said.slice(0, 120)}"`]),
    ...(location === ''
      ? []
      : [
          `that leads to ${withoutQuery(location)}${leadsToCanvas(location) ? '; NIFI_URL is the address without the /nifi of the canvas' : ''}`
        ])
  ].join(' ')
}

/** The title of a page says in a few words what its sender has to say. */
function titleOf(body: Answer['body']): string | undefined {
  const [, title = ''] =
    (typeof body === 'string' ? /<title[^>]*>([^<]*)/i.exec(body.slice(0, 4_096)) : undefined) ?? []
  return title.trim() === '' ? undefined : title
}

/** Where NiFi sends whoever asks beside its API, and so an address copied from a browser. */
function leadsToCanvas(location: string): boolean {
  return /\/nifi\/?$/.test(withoutQuery(location))
}

/** Logins put tokens into the query. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*/s, '')
}
