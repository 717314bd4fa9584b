/**
 * When to read a configuration again: at hints, and by a poll of its own for all the cases in which nothing hints. Says
 * what it has found only when that is new.
 * @module
 */
import { toReconcileError, type ReconcileError } from '../errors.ts'
import { systemClock, type Clock } from '../time/clock.ts'
import type { ConfigFiles } from './config-files.ts'

/** What keeps changes from being seen, at once or at all. The watch goes on in both cases. */
export type ReadProblem =
  /** What hints at changes failed: they are found by the poll alone until it could be started again. */
  | { readonly kind: 'degraded'; readonly reason: string }
  /** The configuration could not be read; its last content stays unknown until the next `onChange`. */
  | { readonly kind: 'unreadable'; readonly error: ReconcileError }

/** Neither callback may throw; what it does asynchronously is not waited for. */
export interface WatchOptions {
  /**
   * The content differs from the last one delivered. Called for the first content too, and for the first after the
   * configuration was unreadable. `poll`: nothing had hinted at it, which is a sign that the watcher is deaf.
   */
  onChange(foundBy: 'event' | 'poll', files: ConfigFiles): void
  /** Called once when a watcher fails, and once per reason for which the configuration cannot be read. */
  onProblem(problem: ReadProblem): void
  /** How often it is read without being asked to, in ms. Default 5000. */
  readonly pollMs?: number
  /**
   * How long after its first event a burst is read, in ms; later events do not postpone it. Default 50. What changes in
   * one step is not waited for.
   */
  readonly coalesceMs?: number
}

/** A watch in flight. */
export interface Watch {
  /** Stops watcher and timers. No callback is called any more, and after it nothing is left behind. */
  close(): Promise<void>
}

/** What is looked at. */
export interface LookedAt {
  /** Gives up when `signal` aborts. */
  read(signal: AbortSignal): Promise<ConfigFiles>
  /** Called before each reading, and waited for. Must not throw. */
  prepare?(): Promise<void>
  /** Called at each poll, before the reading. Must not throw. */
  onPoll?(): void
}

/** How often a configuration is read without a hint, in ms, unless told otherwise. */
export const defaultPollMs = 5_000

export class ChangePoller implements Watch {
  readonly #at: LookedAt
  readonly #options: WatchOptions
  readonly #clock: Clock
  readonly #closing = new AbortController()

  /** What was last told: the digest delivered or the reason why there is none. */
  #delivered: string | undefined
  #unreadable: string | undefined

  /** A hint waits for others of its burst. */
  #isHinted = false
  /** Who asked for the look that comes next; set while another is in flight, it means exactly one more. */
  #asked: 'event' | 'poll' | undefined
  #looking: Promise<void> | undefined

  constructor(at: LookedAt, options: WatchOptions, clock: Clock = systemClock) {
    this.#at = at
    this.#options = options
    this.#clock = clock
  }

  /** Aborted by `close`. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  start(): void {
    this.now()
    void this.#poll()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#looking
  }

  /** Something may have changed; it is read once the burst this begins is over. */
  hint(): void {
    if (this.#isHinted || this.closing.aborted) return
    this.#isHinted = true
    void this.#burst()
  }

  async #burst(): Promise<void> {
    await this.#clock.sleep(this.#options.coalesceMs ?? 50, this.closing)
    this.#isHinted = false
    this.now()
  }

  /** What is there is whole: it is read now, or once more after the reading in flight. */
  now(): void {
    void this.#look('event')
  }

  /** What keeps hints from coming. */
  degraded(reason: string): void {
    if (!this.closing.aborted) this.#options.onProblem({ kind: 'degraded', reason })
  }

  async #poll(): Promise<void> {
    while (!this.closing.aborted) {
      await this.#clock.sleep(this.#options.pollMs ?? defaultPollMs, this.closing)
      if (this.closing.aborted) return
      this.#at.onPoll?.()
      void this.#look('poll')
    }
  }

  /** Resolves when nothing is left to look for. */
  #look(askedBy: 'event' | 'poll'): Promise<void> {
    if (askedBy === 'event') this.#asked = 'event'
    this.#asked ??= askedBy
    this.#looking ??= this.#lookWhileAsked()
    return this.#looking
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#asked !== undefined && !this.closing.aborted) {
      const askedBy = this.#asked
      this.#asked = undefined
      await this.#lookOnce(askedBy)
    }
    this.#looking = undefined
  }

  async #lookOnce(askedBy: 'event' | 'poll'): Promise<void> {
    await this.#at.prepare?.()
    const reading = await this.#at.read(this.closing).catch(toReconcileError)
    if (this.closing.aborted) return
    if (reading instanceof Error) this.#tellUnreadable(reading)
    else this.#tellContent(this.#isEventWaiting() ? 'event' : askedBy, reading)
  }

  /** A poll that reads what an event has announced meanwhile is no sign of a deaf watcher. */
  #isEventWaiting(): boolean {
    return this.#isHinted || this.#asked === 'event'
  }

  #tellContent(foundBy: 'event' | 'poll', files: ConfigFiles): void {
    this.#unreadable = undefined
    if (files.digest === this.#delivered) return
    this.#delivered = files.digest
    this.#options.onChange(foundBy, files)
  }

  #tellUnreadable(error: ReconcileError): void {
    this.#delivered = undefined
    if (error.message === this.#unreadable) return
    this.#unreadable = error.message
    this.#options.onProblem({ kind: 'unreadable', error })
  }
}
