/**
 * Answers that do not come from Elasticsearch: pages of proxies, logins that redirect, another service at the address.
 * None of them says anything about what the cluster holds: above all, their 404 does not mean that an index is missing.
 * @module
 */
import { STATUS_CODES } from 'node:http'
import { addressOf, type Json, ReconcileError } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { codeOfStatus } from './refusal.ts'

/** An answer before anybody knows whose it is. */
export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  /** Where a redirection leads to. */
  readonly location: string
  readonly retryAfterMs: number | undefined
  /** Text unless it is JSON. */
  readonly body: Json
}

/** Whether Elasticsearch or OpenSearch may have given this answer: a JSON object that is no redirection. */
export function isOurs(answer: RawAnswer): answer is RawAnswer & { readonly body: Body } {
  const { status, body } = answer
  if (!isBody(body) || (status >= 300 && status < 400)) return false
  // Elastic Cloud's proxy, Kibana, Kubernetes: a 404 of Elasticsearch has an `error`, or says nothing at all.
  return !(status === 404 && typeof body['message'] === 'string')
}

/** The error of an answer that is not ours, beginning with where it came from: by its status when that tells more than that this is the wrong place. */
export function foreignAnswer(answer: RawAnswer, url: URL): ReconcileError {
  const { status, retryAfterMs } = answer
  const options = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (status === 413)
    return new ReconcileError(
      'REJECTED',
      `${addressOf(url)}: the request is larger than the server takes: ${described(answer)}`,
      options
    )
  const isTelling = status === 403 || status === 429 || status >= 500
  return new ReconcileError(
    isTelling ? codeOfStatus(status) : 'UNAVAILABLE',
    `${addressOf(url)}: expected JSON of Elasticsearch, found ${described(answer)}`,
    options
  )
}

function described({ status, contentType, location, body }: RawAnswer): string {
  const type = contentType.split(';')[0]?.trim() ?? ''
  const said = isBody(body) ? body['message'] : titleOf(body)
  return [
    `HTTP ${status}${STATUS_CODES[status] === undefined ? '' : ` ${STATUS_CODES[status]}`}`,
    ...(type === '' ? [] : [`(${type})`]),
    ...(typeof said === 'string' && said !== '' ? [`"${said.slice(0, 120)}"`] : []),
    ...(location === '' ? [] : [`that leads to ${withoutQuery(location)}`])
  ].join(' ')
}

/** The title of a page says in a few words what its sender has to say. */
function titleOf(body: Json): string {
  const [, title = ''] =
    (typeof body === 'string' ? /<title[^>]*>([^<]*)/i.exec(body.slice(0, 4_096)) : undefined) ?? []
  return title.replaceAll(/\s+/g, ' ').trim()
}

/** Logins put tokens into the query. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*/s, '')
}
