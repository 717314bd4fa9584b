/**
 * Deadlines: a plugin that ignores its signal still cannot hold up a cycle.
 * @module
 */
import { ReconcileError } from '../errors.ts'
import type { Clock } from './clock.ts'

/**
 * The result of `work`, or a TIMEOUT naming `what` as soon as `signal` aborts. The work itself is not stopped by
 * this; it is given the same signal and its late result is ignored.
 */
export async function within<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const aborted = (): ReconcileError =>
    new ReconcileError('TIMEOUT', `${what}: no answer before the deadline`, { cause: signal.reason })
  if (signal.aborted) throw aborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(aborted())
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * One request to a service. `work` is given a signal that aborts with `signal`, that of the call, or after `ms`, which
 * `REQUEST_TIMEOUT` says; a TIMEOUT naming `what` is thrown as soon as it does.
 */
export async function withinRequest<T>(
  what: string,
  ms: number,
  signal: AbortSignal,
  work: (until: AbortSignal) => Promise<T>
): Promise<T> {
  const deadline = requestDeadline(ms, signal)
  try {
    return await within(what, deadline.until, () => work(deadline.until))
  } finally {
    deadline.done()
  }
}

/** A deadline of one request: the signal to give to it, and `done`, which forgets the timer. */
export interface RequestDeadline {
  readonly until: AbortSignal
  readonly done: () => void
}

/**
 * `until` aborts with `signal` or after `ms`. What has arrived by then is looked at first: a process that was held up
 * itself, by its container or by a collection of garbage, finds its timers over before it has read its sockets.
 */
export function requestDeadline(ms: number, signal: AbortSignal): RequestDeadline {
  const over = new AbortController()
  const abort = (): void => over.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'))
  const timer = setTimeout(() => setImmediate(abort), ms).unref()
  return { until: AbortSignal.any([signal, over.signal]), done: () => clearTimeout(timer) }
}

/** The same as `within` for a time instead of a signal; `work` is given one that aborts when `ms` are over. */
export async function withinMs<T>(
  what: string,
  ms: number,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  const [over, done] = [new AbortController(), new AbortController()]
  void clock.sleep(ms, done.signal).then(() => over.abort())
  try {
    return await within(what, over.signal, () => work(over.signal))
  } finally {
    done.abort()
  }
}
