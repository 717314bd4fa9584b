/**
 * Calls of a plugin: each has a deadline and is measured.
 * @module
 */
import { toReconcileError, type ErrorCode } from '../errors.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/deadline.ts'

/** A call that ended. It is one or several requests to the service. */
export interface ServiceCall {
  /** `observe topic`, `create topic`, `identity` */
  readonly operation: string
  readonly durationMs: number
  /**
   * What it ended with. What the service says of a single item is no failure of the call; that it gave no answer is
   * one.
   */
  readonly code: ErrorCode | 'OK'
}

export interface CallOptions {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Must not throw. */
  readonly onCall: (call: ServiceCall) => void
}

/**
 * The result of `work`; `codeOf` says under which code a result counts. Throws a ReconcileError: its own, or TIMEOUT as
 * soon as `signal` aborts.
 */
export async function callService<T>(
  operation: string,
  { signal, clock, onCall }: CallOptions,
  work: () => Promise<T>,
  codeOf: (result: T) => ServiceCall['code'] = () => 'OK'
): Promise<T> {
  const startedAt = clock.now()
  const ended = (code: ServiceCall['code']): void => onCall({ operation, durationMs: clock.now() - startedAt, code })
  try {
    const result = await within(operation, signal, work)
    ended(codeOf(result))
    return result
  } catch (error) {
    const reason = toReconcileError(error)
    ended(reason.code)
    throw reason
  }
}
