/**
 * Looks at a service that may not be there yet, or asks to be tried later.
 * @module
 */
import { toReconcileError, type ReconcileError } from '../errors.ts'
import type { Clock } from '../time/clock.ts'

/** Which services are waited for: one that asks to be tried later, or one that is not there as well. */
export type WaitsFor = 'busy' | 'absent'

export interface Patience {
  readonly waitsFor: WaitsFor
  /** The time allowed. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Given the reason for waiting whenever it is a new one. */
  readonly onWait: (reason: ReconcileError) => void
}

const againMs = 500

/**
 * What `look` gives, tried again until the time is over while the reason may pass. Throws the reason; that our own time
 * is over says less than what the service said before.
 */
export async function lookPatiently<T>(
  look: () => Promise<T>,
  { waitsFor, signal, clock, onWait }: Patience
): Promise<T> {
  let last: ReconcileError | undefined
  for (;;) {
    try {
      return await look()
    } catch (error) {
      const reason = toReconcileError(error)
      if (signal.aborted) throw last ?? reason
      if (!mayPass(reason, waitsFor)) throw reason
      if (last?.message !== reason.message) onWait(reason)
      last = reason
      await clock.sleep(Math.max(againMs, reason.retryAfterMs ?? 0), signal)
      if (signal.aborted) throw reason
    }
  }
}

/**
 * Whether the service could not be looked at, of an error thrown while it was: by its code or, whatever is meant by it
 * about a single item, because it may pass. Pure.
 */
export function couldNotLook({ code, blind, retryable }: ReconcileError): boolean {
  return blind || (retryable && code !== 'CONFIG_MISSING' && code !== 'INTERNAL')
}

/** Reasons that do not pass by waiting, or are seen better at once. */
const atOnce: ReadonlySet<string> = new Set(['CONFIG_MISSING', 'INTERNAL', 'PLUGIN_FAULT'])
const notThere: ReadonlySet<string> = new Set(['UNREACHABLE', 'TIMEOUT'])

function mayPass({ code, retryable }: ReconcileError, waitsFor: WaitsFor): boolean {
  return retryable && !atOnce.has(code) && (waitsFor === 'absent' || !notThere.has(code))
}
