/**
 * Work outside of the cycles: one piece at a time, retried when it fails, without delaying a cycle.
 * @module
 */
import { toReconcileError, type ErrorCode } from '../errors.ts'
import { backoffMs } from '../time/backoff.ts'
import type { LogLine } from '../report/line.ts'
import type { Clock } from '../time/clock.ts'
import { withinMs } from '../time/deadline.ts'
import { Wake } from '../reconciler/wake.ts'

export interface BackgroundTaskOptions {
  /** For people: what cannot be done when it fails. */
  readonly what: string
  /** Does one piece. Returns after how many ms there is more to do without being woken; undefined: nothing. */
  readonly work: (signal: AbortSignal) => Promise<number | undefined>
  readonly clock: Clock
  readonly log: LogLine
  /** From 0 up to, not including, 1. */
  readonly random?: () => number
}

/** A call that takes longer is abandoned. */
const callMs = 10_000
/** The cap holds for a right that is missing, too: an API server that starts refuses everybody until it has read the roles. */
const backoff = { baseMs: 2_000, capMs: 60_000 }
/** Longest sleep of all; timers of Node cannot be much longer. */
const idleMs = 3_600_000

export class BackgroundTask {
  readonly #options: Required<BackgroundTaskOptions>
  readonly #wake = new Wake()
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  /** Why the last attempt failed; logged once until one succeeds. */
  #logged: ErrorCode | undefined
  #failures = 0

  constructor(options: BackgroundTaskOptions) {
    this.#options = { random: Math.random, ...options }
    this.#ended = this.#run()
  }

  /** There is something to do. */
  wake(): void {
    this.#wake.request()
  }

  /** Aborts in-flight work; resolves when it has ended. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { clock } = this.#options
    await this.#wake.wait(idleMs, clock, this.#closing.signal)
    while (!this.#closing.signal.aborted) {
      const waitMs = await this.#try()
      if (this.#failures > 0) await clock.sleep(waitMs, this.#closing.signal)
      else await this.#wake.wait(waitMs, clock, this.#closing.signal)
    }
  }

  /** How long to wait for the next attempt. */
  async #try(): Promise<number> {
    const { what, work, clock, log, random } = this.#options
    try {
      const moreMs = await withinMs('Kubernetes', callMs, clock, (signal) =>
        work(AbortSignal.any([signal, this.#closing.signal]))
      )
      if (this.#logged !== undefined) log('info', `${what}: works again`)
      this.#logged = undefined
      this.#failures = 0
      return moreMs ?? idleMs
    } catch (error) {
      if (this.#closing.signal.aborted) return 0
      const { code, message } = toReconcileError(error)
      this.#failures += 1
      if (this.#logged !== code) log('warn', `${what}: ${message} (${code}); retrying, reconciliation is not affected`)
      this.#logged = code
      return backoffMs(this.#failures, { ...backoff, random }, backoff.baseMs / 2)
    }
  }
}
