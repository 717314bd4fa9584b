/**
 * A circuit breaker around the calls of one target, so that a service that is down costs one call now and then.
 * @module
 */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, DelegateBackoff, handleResultType } from 'cockatiel'
import { isFailureOfTarget, ReconcileError, toReconcileError } from '../errors.ts'
import { backoffMs } from '../time/backoff.ts'
import type { Clock } from '../time/clock.ts'
import { formatDuration } from '../time/duration.ts'

export interface BreakerOptions {
  /** Should not jump: a breaker that is open waits for a moment of this clock. */
  readonly clock: Clock
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number
}

/** `open`: calls are refused. `half-open`: one call at a time is let through, as a probe. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Target failures in a row after which it opens. */
const opensAfter = 5
/** Longest wait before the first probe, doubled with every probe that fails, and of all, in ms. */
const backoff = { baseMs: 5_000, capMs: 60_000 } as const
/** A wait for the library, which counts it by the machine's clock: none at all, even where that clock is set back. */
const noWait = Number.NEGATIVE_INFINITY

/**
 * Opens after five target failures in a row, half-opens after 5 s, doubling to 60 s with every probe that fails, and
 * closes with the first answer. A target failure is an error of the call as a whole: a code of `ofCall`, or
 * NOT_PERMITTED. Any other error is an answer.
 *
 * The library counts and changes the states. The time is kept here, by our clock: the library never waits, and a call
 * reaches it only when it may go.
 */
export class Breaker {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #inARow = new ConsecutiveBreaker(opensAfter)
  readonly #circuit = circuitBreaker(handleResultType(TargetFailure), {
    breaker: this.#inARow,
    halfOpenAfter: new DelegateBackoff(({ attempt }) => {
      this.#schedule(attempt)
      return noWait
    })
  })
  #probeAt = 0
  /** `probeNow` was called while a probe was in flight, which may know nothing of the reason: another one follows it. */
  #probeAgain = false
  #lastError: ReconcileError | undefined

  constructor({ clock, random = Math.random }: BreakerOptions) {
    this.#clock = clock
    this.#random = random
  }

  get state(): BreakerState {
    if (this.#circuit.state === CircuitState.Closed) return 'closed'
    return this.#isProbing || this.#clock.now() >= this.#probeAt ? 'half-open' : 'open'
  }

  /** Target failures since the last answer, those of probes included. */
  get failures(): number {
    return this.#inARow.state
  }

  /** When the next probe is let through, in ms since the epoch; null unless open. */
  get nextProbeAt(): number | null {
    return this.state === 'open' ? this.#probeAt : null
  }

  /** The latest target failure; undefined after an answer. */
  get lastError(): ReconcileError | undefined {
    return this.#lastError
  }

  /**
   * The result of `work`, which must end by a deadline of its own. Throws what `work` throws or, without calling it,
   * `refusal()`. A call that was let through before the breaker opened and ends later closes it with an answer, and
   * changes nothing with a failure.
   */
  async call<T>(work: () => Promise<T>): Promise<T> {
    const refusal = this.refusal()
    if (refusal !== undefined) throw refusal
    const isProbe = this.state === 'half-open'
    const ended = await this.#circuit.execute(() => this.#end(work, isProbe))
    if (ended instanceof TargetFailure) throw ended.thrown
    this.#answered()
    if (ended.status === 'rejected') throw ended.reason
    return ended.value
  }

  /** Half-opens at once; to be called when the configuration or a credential changed, or an operator asks for it. */
  probeNow(): void {
    this.#probeAt = this.#clock.now()
    this.#probeAgain = this.#isProbing
  }

  /**
   * What a call would be refused with now: the code and the message of the latest target failure, and when the next
   * probe is due, also as `retryAfterMs`. Undefined where it would be let through.
   */
  refusal(): ReconcileError | undefined {
    const error = this.#lastError
    if (error === undefined || this.state === 'closed') return undefined
    if (this.#isProbing) return refusalOf(error, 'a probe is in progress')
    const waitMs = this.#probeAt - this.#clock.now()
    if (waitMs <= 0) return undefined
    return refusalOf(error, `next probe in ${formatDuration(Math.ceil(waitMs / 1_000) * 1_000)}`, waitMs)
  }

  /** A probe is in flight. */
  get #isProbing(): boolean {
    return this.#circuit.state === CircuitState.HalfOpen
  }

  /** How a call ended, for the library: an answer, or a failure that counts. Throws one that does not. */
  async #end<T>(work: () => Promise<T>, isProbe: boolean): Promise<PromiseSettledResult<T> | TargetFailure> {
    try {
      return { status: 'fulfilled', value: await work() }
    } catch (thrown) {
      const error = toReconcileError(thrown)
      if (!isFailureOfTarget(error.code)) return { status: 'rejected', reason: thrown }
      if (!isProbe && this.#circuit.state !== CircuitState.Closed) throw thrown
      this.#lastError = error
      return new TargetFailure(thrown)
    }
  }

  /** The library closes by itself after a probe only; the end of an isolation is its one way to be told to. */
  #answered(): void {
    this.#lastError = undefined
    this.#inARow.success()
    if (this.#circuit.state !== CircuitState.Closed) this.#circuit.isolate().dispose()
  }

  /** `attempt`: 1 when it opens, one more with every probe that failed since. */
  #schedule(attempt: number): void {
    const waitMs = backoffMs(attempt, { ...backoff, random: () => 0.5 + this.#random() / 2 })
    this.#probeAt = this.#clock.now() + (this.#probeAgain ? 0 : waitMs)
    this.#probeAgain = false
  }
}

/** The call ended without an answer of the service. */
class TargetFailure {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    this.thrown = thrown
  }
}

function refusalOf(error: ReconcileError, until: string, retryAfterMs?: number): ReconcileError {
  const options = { cause: error, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  return new ReconcileError(error.code, `${error.message}; ${until}`, options)
}
