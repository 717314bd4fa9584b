/**
 * A clock that jumps to whatever is waited for next, so that a test of something in memory waits for nothing.
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../run/clock.ts'

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
}

/** Of use only where nothing but this clock takes time: requests over a network end in no time of this clock. */
export class JumpingClock implements Clock {
  #now: number
  #isJumping = false
  readonly #sleepers = new Set<Sleeper>()

  /** `startAt` in ms since the epoch. */
  constructor(startAt = 0) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  /**
   * Resolves once everything that can run has run and nothing is due earlier, or at once when `signal` aborts; never
   * rejects.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { dueAt: this.#now + Math.max(0, ms), wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', wake, { once: true })
      if (!this.#isJumping) void this.#jump()
    })
  }

  async #jump(): Promise<void> {
    this.#isJumping = true
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
      this.#now = next.dueAt
      next.wake()
    }
    this.#isJumping = false
  }

  async #next(): Promise<Sleeper | undefined> {
    await turn()
    await turn()
    return [...this.#sleepers].toSorted((a, b) => a.dueAt - b.dueAt)[0]
  }
}
