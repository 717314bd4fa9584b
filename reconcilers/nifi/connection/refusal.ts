/**
 * What a refusal of NiFi means: whether trying again can help, and why it refused in its own words.
 * @module
 */
import { type ErrorCode, errorTable, type Json, ReconcileError, toReconcileError } from '../../../src/plugin.ts'
import { grantFor } from './grant.ts'
import { means } from './prose.ts'
import type { Answer } from './link.ts'
import { isBody } from '../json.ts'

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'AUTHENTICATION',
  403: 'NOT_PERMITTED',
  // Gone since it was read: somebody else has deleted it.
  404: 'CONFLICT',
  405: 'UNSUPPORTED',
  408: 'UNAVAILABLE',
  // Not in the state this needs: running, queued data, a name that is taken.
  409: 'CONFLICT',
  429: 'UNAVAILABLE'
}

/** Longest useful text of a refusal; a page of a proxy has no end. */
const mostWords = 500

/** The body of an answer; throws what a status of 400 or more means. */
export function bodyOf(answer: Answer): Json {
  if (answer.status >= 400) throw refusalOf(answer)
  return answer.body
}

/** The error of an answer with status 400 or more, in NiFi's words; of one that lacks a right also what to grant. Pure. */
export function refusalOf(answer: Answer): ReconcileError {
  const words = explanationOf(answer)
  const grant = answer.status === 403 ? grantFor(words) : undefined
  if (isStale(answer)) return new StaleRevision('CONFLICT', words)
  return new ReconcileError(codeOf(answer), grant === undefined ? words : `${words.replace(/\.$/, '')}: ${grant}`)
}

/** A write that NiFi has not made, because somebody else has changed the object since it was read. */
class StaleRevision extends ReconcileError {}

/** Whether a write was refused because somebody else was quicker, so that nothing was written. Pure. */
export function isStaleRevision(error: unknown): boolean {
  return error instanceof StaleRevision
}

/** What a reading gives, or why NiFi refuses just that; throws what concerns all readings: no answer, no login. */
export async function orRefusal<T>(reading: Promise<T>): Promise<T | ReconcileError> {
  try {
    return await reading
  } catch (error) {
    const known = toReconcileError(error)
    if (errorTable[known.code].ofCall) throw known
    return known
  }
}

/** Whether somebody else has changed it since. Pure. */
export function isStale({ status, body }: Answer): boolean {
  return status === 400 && typeof body === 'string' && means(body, 'stale-revision')
}

/** Whether it has started and has not loaded its flow yet: everything is refused with 409 until then. Pure. */
export function isInitializing({ status, body }: Answer): boolean {
  return status === 409 && typeof body === 'string' && means(body, 'initializing')
}

/** The code of a status of 400 or more when nothing else is known. Pure. */
export function codeOfStatus(status: number): ErrorCode {
  return codeByStatus[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'REJECTED')
}

/** NiFi's own words, without tags and cut at a useful length; where it says nothing, the status. Pure. */
export function explanationOf({ status, body }: Answer): string {
  const words = plain(typeof body === 'string' ? body : (messageOf(body) ?? ''))
  if (words === '') return `HTTP ${status} without a reason`
  return words.length > mostWords ? `${words.slice(0, mostWords).trimEnd()}…` : words
}

function codeOf(answer: Answer): ErrorCode {
  return isInitializing(answer) ? 'UNAVAILABLE' : codeOfStatus(answer.status)
}

/** Of an answer in JSON, which is not NiFi's own way but that of what it is built on. */
function messageOf(body: Json): string | undefined {
  return isBody(body) ? [body['message'], body['error']].find((text) => typeof text === 'string') : undefined
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&'
}

/** NiFi answers in plain text, its web server and proxies in pages. */
function plain(text: string): string {
  const isPage = /^\s*<(!doctype|html|head|body|h\d|title)\b/i.test(text)
  const words = isPage
    ? text
        .slice(0, 20_000)
        .replaceAll(/<(style|script|head)\b.*?<\/\1>/gis, ' ')
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => entities[entity] ?? entity)
    : text
  return words.replaceAll(/\s+/g, ' ').trim()
}
