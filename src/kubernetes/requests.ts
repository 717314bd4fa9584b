/**
 * Requests about the lease: each ends in time, none throws, and a lasting error is reported once.
 * @module
 */
import { toReconcileError, type ErrorCode } from '../errors.ts'
import type { LeadershipEvent } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/deadline.ts'

export interface RequestsOptions {
  readonly clock: Clock
  readonly onEvent: (event: LeadershipEvent) => void
}

export class LeaseRequests {
  readonly #options: RequestsOptions
  /** Reported since everything worked last. */
  readonly #reported = new Set<ErrorCode>()

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  /**
   * The answer, or undefined: what is in the lease is then unknown, also after a write that failed. What `call` still does
   * after `limitMs` has no effect here.
   */
  async ask<T>(
    limitMs: number,
    call: (signal: AbortSignal) => Promise<T>
  ): Promise<{ readonly answer: T } | undefined> {
    const over = new AbortController()
    const done = new AbortController()
    void this.#options.clock.sleep(limitMs, done.signal).then(() => over.abort())
    try {
      return { answer: await within('lease', over.signal, () => call(over.signal)) }
    } catch (error) {
      this.#failed(error)
      return undefined
    } finally {
      done.abort()
    }
  }

  /** Every request that was due was answered. */
  worked(): void {
    if (this.#reported.size === 0) return
    this.#reported.clear()
    this.#options.onEvent({ event: 'seen' })
  }

  #failed(error: unknown): void {
    const { code, message } = toReconcileError(error)
    // Another replica wrote first, which is no error.
    if (code === 'CONFLICT' || this.#reported.has(code)) return
    this.#reported.add(code)
    this.#options.onEvent({ event: 'unseen', why: message })
  }
}
