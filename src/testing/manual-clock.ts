/**
 * A clock that stands still until a test moves it.
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { timeoutBy, type Clock, type Timeout } from '../time/clock.ts'

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
  /** Nobody waits for it: it ends what takes too long. */
  readonly isDeadline: boolean
}

export class ManualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  /** `startAt` in ms since the epoch. */
  constructor(startAt = 0) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  /** Resolves when the time has been moved by `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { dueAt: this.#now + ms, wake, isDeadline: false }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  /** Aborts when the time has been moved by `ms`. */
  timeout(ms: number): Timeout {
    return timeoutBy(ms, (over) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        over()
      }
      const sleeper = { dueAt: this.#now + ms, wake, isDeadline: true }
      this.#sleepers.add(sleeper)
      return () => this.#sleepers.delete(sleeper)
    })
  }

  /** Sets the time without waking anybody. */
  set(now: number): void {
    this.#now = now
  }

  /** When each sleeper is due, earliest first, deadlines left out: tells a test what is being waited for. */
  get due(): readonly number[] {
    const sleeping = [...this.#sleepers].filter(({ isDeadline }) => !isDeadline)
    return sleeping.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b)
  }

  /**
   * Moves the time by `ms` and wakes every sleeper that is due on the way, in order and each at its own moment. What a
   * sleeper does next runs before the next one is woken, so one that sleeps again within `ms` is woken again.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let next = await this.#nextUntil(end); next !== undefined; next = await this.#nextUntil(end)) {
      this.#now = next.dueAt
      next.wake()
    }
    this.#now = end
  }

  /** The earliest sleeper due by `end`, once everything that can run has run. */
  async #nextUntil(end: number): Promise<Sleeper | undefined> {
    await turn()
    const [first] = [...this.#sleepers].toSorted((a, b) => a.dueAt - b.dueAt)
    return first === undefined || first.dueAt > end ? undefined : first
  }
}
