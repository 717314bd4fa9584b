/**
 * How long a verb that ends may take.
 * @module
 */
import type { Clock } from '../time/clock.ts'

/** Counts from the beginning on; the time in which a person is waited for does not count. */
export class TimeAllowed {
  readonly #clock: Clock
  readonly #over = new AbortController()
  #leftMs: number
  #stop: () => void

  constructor(ms: number, clock: Clock) {
    this.#clock = clock
    this.#leftMs = ms
    this.#stop = this.#count()
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** Does work that does not count. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.#stop()
    try {
      return await work()
    } finally {
      this.#stop = this.#count()
    }
  }

  /** Leaves no timer behind. */
  close(): void {
    this.#stop()
  }

  #count(): () => void {
    const stopped = new AbortController()
    const startedAt = this.#clock.now()
    void this.#wait(this.#leftMs, stopped.signal)
    return () => {
      stopped.abort()
      this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.now() - startedAt))
    }
  }

  async #wait(ms: number, stopped: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, stopped)
    if (!stopped.aborted) this.#over.abort(new DOMException('the time allowed is over', 'TimeoutError'))
  }
}
