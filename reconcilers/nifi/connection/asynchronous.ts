/**
 * Work that NiFi does after it has answered: a request is begun, asked about until it is over, and always taken away
 * again. Of these NiFi keeps about a hundred; one that is taken away before it is over is cancelled.
 * @module
 */
import { type Clock, type Json, ReconcileError, toReconcileError } from '../../../src/plugin.ts'
import type { Answer, Link, Request } from './link.ts'
import { refusalOf } from './refusal.ts'
import { type Body, isBody } from '../json.ts'

export interface AsyncRequest {
  /** The POST that begins it. */
  readonly begin: Request
  /** Where it is asked about and taken away, by the id it was given. */
  readonly at: (id: string) => string
  /** How long it may take, in ms. */
  readonly timeoutMs: number
  /** Asked of an answer once the time `after` (ms) has passed: whether NiFi waits for what will not happen. */
  readonly stuck?: { readonly after: number; readonly isSo: (request: Body) => Promise<boolean> }
}

/** How it ended. */
export type Ended =
  /** NiFi would not begin; nothing was done. */
  | { readonly result: 'refused'; readonly answer: Answer }
  /** Over, with or without success: `failureReason` says why not, in NiFi's words. `body` is the last answer as a whole. */
  | {
      readonly result: 'complete'
      readonly request: Body
      readonly failureReason: string | undefined
      readonly body: Body
    }
  /** Not over in time, or stuck, and cancelled: perhaps half done. `request` is how far it was. */
  | { readonly result: 'late'; readonly request: Body; readonly isStuck: boolean }
  /** NiFi no longer knows it, because it has restarted or another node answered: what it did must be read. */
  | { readonly result: 'lost' }

const firstPauseMs = 50
const longestPauseMs = 500
/** Taking it away happens after everything else, also after the end of the time there was. */
const takeAwayMs = 2_000

/**
 * Runs one request to its end; replace-requests, update-requests of parameter contexts and drop-requests are all alike.
 * Throws what `link` throws for the first request, and, once the request is taken away, TIMEOUT when `signal` aborts or
 * what stood in the way of asking about it until the time was over. After a throw, what it did must be read.
 */
export async function runRequest(
  link: Link,
  asynchronous: AsyncRequest,
  signal: AbortSignal,
  clock: Clock
): Promise<Ended> {
  const { timeoutMs, stuck } = asynchronous
  const until = clock.now() + timeoutMs
  const stuckFrom = clock.now() + (stuck?.after ?? timeoutMs)
  const isStuck = async ({ request }: Seen): Promise<boolean> =>
    stuck !== undefined && clock.now() >= stuckFrom && (await stuck.isSo(request))
  const answer = await link.ask(asynchronous.begin, signal)
  if (answer.status >= 400) return { result: 'refused', answer }
  const begun = read(answer.body)
  const path = asynchronous.at(encodeURIComponent(begun.id))
  try {
    return begun.isOver
      ? complete(begun)
      : await waitFor(begun, () => link.ask({ method: 'GET', path }, signal), { until, isStuck, signal, clock })
  } finally {
    // That it is gone already, or cannot be reached, changes nothing: what is over expires after a minute by itself.
    await link.ask({ method: 'DELETE', path }, AbortSignal.timeout(takeAwayMs)).catch(() => undefined)
  }
}

interface Wait {
  readonly until: number
  readonly isStuck: (seen: Seen) => Promise<boolean>
  readonly signal: AbortSignal
  readonly clock: Clock
}

async function waitFor(
  begun: Seen,
  poll: () => Promise<Answer>,
  { until, isStuck, signal, clock }: Wait
): Promise<Ended> {
  let [last, trouble]: [Seen, ReconcileError | undefined] = [begun, undefined]
  for (let pause = firstPauseMs; clock.now() < until; pause = Math.min(pause * 1.5, longestPauseMs)) {
    await clock.sleep(Math.min(pause, until - clock.now()), signal)
    if (signal.aborted)
      throw new ReconcileError('TIMEOUT', 'request to NiFi timed out', {
        cause: signal.reason
      })
    const answer = await poll().catch((error: unknown) => toReconcileError(error))
    if (!(answer instanceof ReconcileError) && answer.status === 404) return { result: 'lost' }
    trouble = troubleOf(answer)
    if (trouble?.retryable === false) throw trouble
    if (answer instanceof ReconcileError || trouble !== undefined) continue
    last = read(answer.body)
    if (last.isOver) return complete(last)
    if (await isStuck(last)) return { result: 'late', request: last.request, isStuck: true }
  }
  if (trouble !== undefined) throw trouble
  return { result: 'late', request: last.request, isStuck: false }
}

/** It continues whether we can ask or not; a NiFi that restarts in between will not know it. */
function troubleOf(answer: Answer | ReconcileError): ReconcileError | undefined {
  if (answer instanceof ReconcileError) return answer
  return answer.status >= 400 ? refusalOf(answer) : undefined
}

function complete({ request, body }: Seen): Ended {
  const { failureReason } = request
  return {
    result: 'complete',
    request,
    failureReason: typeof failureReason === 'string' && failureReason !== '' ? failureReason : undefined,
    body
  }
}

interface Seen {
  readonly id: string
  readonly isOver: boolean
  readonly request: Body
  readonly body: Body
}

/** `request.requestId` and `request.complete`, or, of queues, `dropRequest.id` and `dropRequest.finished`. */
function read(body: Json): Seen {
  const whole = isBody(body) ? body : {}
  const inner = whole['request'] ?? whole['dropRequest']
  const request = isBody(inner) ? inner : {}
  const id = request['requestId'] ?? request['id']
  if (typeof id !== 'string')
    throw new ReconcileError(
      'UNAVAILABLE',
      'expected the id of a request that NiFi works on, found an answer without one'
    )
  return { id, isOver: request['complete'] === true || request['finished'] === true, request, body: whole }
}
