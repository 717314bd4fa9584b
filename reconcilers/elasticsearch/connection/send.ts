/**
 * One request through the client, once: what came back, or why nothing did.
 * @module
 */
import type { Client } from '@elastic/elasticsearch'
import { addressOf, type Json, ReconcileError } from '../../../src/plugin.ts'
import { isBody } from '../body.ts'
import { foreignAnswer, isOurs, type RawAnswer } from './foreign.ts'
import type { Answer, Request } from './link.ts'
import { noAnswer } from './no-answer.ts'
import { reasonOf } from './refusal.ts'

/** Every status is an answer; which of them are errors is for the caller to say. */
const allRefusals = Array.from({ length: 200 }, (_, index) => 400 + index)
/** A server's wish for a longer rest is not followed, lest a wrong clock stop us for years. */
const longestRestMs = 300_000

/** The answer of the server. Throws what `noAnswer` and `foreignAnswer` give, or AUTHENTICATION. */
export async function send(client: Client, url: URL, request: Request, signal: AbortSignal): Promise<Answer> {
  const raw = await exchange(client, request, signal).catch((error: unknown) => {
    throw noAnswer(error, url)
  })
  if (raw.status === 401)
    throw new ReconcileError('AUTHENTICATION', `${addressOf(url)} refuses the credentials: ${reasonOf(raw)}`)
  if (!isOurs(raw)) throw foreignAnswer(raw, url)
  const { status, body, retryAfterMs } = raw
  return { status, body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

async function exchange(
  client: Client,
  { method, path, query, body }: Request,
  signal: AbortSignal
): Promise<RawAnswer> {
  const answer = await client.transport.request(
    { method, path, ...(query === undefined ? {} : { querystring: query }), ...(isBody(body) ? { body } : {}) },
    { meta: true, ignore: allRefusals, signal }
  )
  const headers = answer.headers ?? {}
  return {
    status: answer.statusCode,
    contentType: textOf(headers['content-type']),
    location: textOf(headers['location']),
    retryAfterMs: restOf(textOf(headers['retry-after']), Date.now()),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed from JSON by the client, or text
    body: answer.body as Json
  }
}

function textOf(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? ''
}

/**
 * How long a server wants to be left alone, in ms: `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3).
 * Undefined for none, and for one that is over. `now` in ms since the epoch. Pure.
 */
export function restOf(retryAfter: string, now: number): number | undefined {
  const ms = /^\s*\d+\s*$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  return ms > 0 ? Math.min(ms, longestRestMs) : undefined
}
