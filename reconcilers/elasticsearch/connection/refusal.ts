/**
 * What a refusal of the server means: whether trying again can help, and why it refused in its own words.
 * @module
 */
import { type ErrorCode, type Json, ReconcileError } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import type { Answer } from './link.ts'

/** By the type of the error, whatever its status: measured on Elasticsearch 8.19 and 9.4 and OpenSearch 3.8. */
const codeByType: Readonly<Record<string, ErrorCode>> = {
  resource_already_exists_exception: 'CONFLICT',
  version_conflict_engine_exception: 'CONFLICT',
  aliases_not_found_exception: 'CONFLICT',
  // What it needs may be declared too, and on its way.
  index_not_found_exception: 'UNAVAILABLE',
  snapshot_in_progress_exception: 'UNAVAILABLE',
  // Blocked by the disk watermark or by a person: over one day, and not for us to lift.
  cluster_block_exception: 'UNAVAILABLE',
  process_cluster_event_timeout_exception: 'UNAVAILABLE',
  circuit_breaking_exception: 'UNAVAILABLE',
  es_rejected_execution_exception: 'UNAVAILABLE',
  master_not_discovered_exception: 'UNAVAILABLE',
  security_exception: 'NOT_PERMITTED',
  // Answered with 500, and answered the same each time: two write indices of one alias, `enabled` of a live object.
  illegal_state_exception: 'REJECTED',
  mapper_exception: 'REJECTED'
}

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  403: 'NOT_PERMITTED',
  405: 'UNSUPPORTED',
  408: 'UNAVAILABLE',
  409: 'CONFLICT',
  410: 'UNAVAILABLE',
  429: 'UNAVAILABLE'
}

/** What a status of 400 or more means when nothing else is known. Pure. */
export function codeOfStatus(status: number): ErrorCode {
  return codeByStatus[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'REJECTED')
}

/** The error of an answer with status 400 or more. Pure. */
export function refusalOf(answer: Answer): ReconcileError {
  const { retryAfterMs } = answer
  return new ReconcileError(codeOf(answer), reasonOf(answer), retryAfterMs === undefined ? {} : { retryAfterMs })
}

/**
 * Whether the server refuses what may be refused: a right we lack, an API it has not. Throws UNAVAILABLE when it only
 * cannot say now: what cannot be told now is not "nothing there". Pure.
 */
export function isRefused(answer: Answer): boolean {
  if (answer.status < 400) return false
  const refusal = refusalOf(answer)
  if (answer.status !== 404 && refusal.code === 'UNAVAILABLE') throw refusal
  return true
}

/** Whether the server can do nothing now: asked again in parts, it would have only more to do. Pure. */
export function isOverloaded({ status }: Answer): boolean {
  return status === 429 || (status >= 502 && status <= 504)
}

/** The body of an answer; throws its refusal. */
export function bodyOf(answer: Answer): Body {
  if (answer.status >= 400) throw refusalOf(answer)
  return isBody(answer.body) ? answer.body : {}
}

/** Whether the server has no such API: it was built, or is licensed, without the feature. */
export function isUnknownApi(answer: Answer): boolean {
  return answer.status === 405 || (answer.status >= 400 && /no handler found for uri/.test(JSON.stringify(answer.body)))
}

/** The type of the error that caused the others, e.g. `index_not_found_exception`; empty when the server gave none. */
export function typeOf({ body }: Answer): string {
  const error = errorOf(body)
  return text(firstCause(error)['type']) ?? text(error['type']) ?? ''
}

/** The types of all errors in an answer or a part of one, wherever they stand. Pure. */
export function typesIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((entry: Json) => typesIn(entry))
  if (!isBody(value)) return []
  const type = text(value['type'])
  return [...(type === undefined ? [] : [type]), ...Object.values(value).flatMap(typesIn)]
}

/** The reason in the server's words: the outermost and, where it says more, the innermost. */
export function reasonOf({ status, body }: Pick<Answer, 'status' | 'body'>): string {
  const error = errorOf(body)
  // Proxies of hosted clusters have only a message.
  const outer =
    text(error['reason']) ??
    (isBody(body) ? (text(body['error']) ?? text(body['message']) ?? text(body['Message'])) : undefined)
  const inner = innermost(error)
  const said = [outer, inner === outer ? undefined : inner].filter((part) => part !== undefined)
  return said.length === 0 ? `HTTP ${status} without a reason` : said.join(': ')
}

function codeOf(answer: Answer): ErrorCode {
  if (isUnknownApi(answer)) return 'UNSUPPORTED'
  const type = typeOf(answer)
  // Security keeps its users in an index, which may not be there yet.
  if (type === 'security_exception' && answer.status >= 500) return 'UNAVAILABLE'
  return (Object.hasOwn(codeByType, type) ? codeByType[type] : undefined) ?? codeOfStatus(answer.status)
}

function errorOf(body: Json): Body {
  const error = isBody(body) ? body['error'] : undefined
  return isBody(error) ? error : {}
}

function firstCause(error: Body): Body {
  const causes = error['root_cause']
  const [first] = Array.isArray(causes) ? causes : []
  return isBody(first) ? first : {}
}

function innermost(error: Body): string | undefined {
  const reasons: (string | undefined)[] = []
  for (let cause: Json | undefined = error; isBody(cause); cause = cause['caused_by'])
    reasons.push(text(cause['reason']))
  return reasons.findLast((reason) => reason !== undefined)
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
