/**
 * Tells when the content of a configuration directory has changed: at once by a watcher, and by a poll of its own
 * for all the cases in which a watcher is deaf. Only a hint that shortens the wait: consumers read by themselves.
 * @module
 */
import { stat } from 'node:fs/promises'
import { type ReconcileError, deepestMessage, toReconcileError } from '../errors.ts'
import { type Snapshot, readSnapshot } from './snapshot.ts'
import { type WatcherFactory, chokidarWatcher } from './watcher.ts'

/** What keeps changes from being seen, at once or at all. The watch goes on in both cases. */
export type ReadProblem =
  /** The watcher failed: changes are found by the poll alone until it could be started anew. */
  | { readonly kind: 'degraded'; readonly reason: string }
  /** The directory could not be read; its last content stays unknown until the next `onChange`. */
  | { readonly kind: 'unreadable'; readonly error: ReconcileError }

/** Neither callback may throw; what it does asynchronously is not waited for. */
export interface WatchOptions {
  /**
   * The content differs from the last one delivered. Called for the first content too, and for the first after the
   * directory was unreadable. `poll`: the watcher had said nothing, which is a sign that it is deaf.
   */
  onChange(foundBy: 'event' | 'poll', snapshot: Snapshot): void
  /** Called once when a watcher fails, and once per reason for which the directory cannot be read. */
  onProblem(problem: ReadProblem): void
  /** How often the directory is read without being asked to, in ms. Default 5000. */
  readonly pollMs?: number
  /** How long after its first event a burst is read, in ms; later events do not postpone it. Default 50. */
  readonly coalesceMs?: number
  /** Default chokidar. */
  readonly watcher?: WatcherFactory
}

/** A watch under way. */
export interface Watch {
  /** Stops watcher and timers. No callback is called any more, and after it nothing is left behind. */
  close(): Promise<void>
}

/** Starts to watch a directory, which need not exist yet. Writes nothing and never throws. */
export function watchDirectory(directory: string, options: WatchOptions): Watch {
  const watch = new DirectoryWatch(directory, options)
  watch.start()
  return watch
}

class DirectoryWatch implements Watch {
  readonly #directory: string
  readonly #options: WatchOptions
  readonly #closing = new AbortController()

  #watcher: ReturnType<WatcherFactory> | undefined
  #watcherState: 'starting' | 'ready' | 'failed' = 'starting'
  /** Which directory the watcher was started on; undefined asks for a new watcher. */
  #watched: string | undefined
  #degraded = false

  /** What was last told: the digest delivered or the reason why there is none. */
  #delivered: string | undefined
  #unreadable: string | undefined

  #poll: NodeJS.Timeout | undefined
  #coalesce: NodeJS.Timeout | undefined
  /** Who asked for the look that comes next; set while another is under way, it means exactly one more. */
  #asked: 'event' | 'poll' | undefined
  #looking: Promise<void> | undefined

  constructor(directory: string, options: WatchOptions) {
    this.#directory = directory
    this.#options = options
  }

  start(): void {
    void this.#look('event')
    this.#schedulePoll()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#poll)
    clearTimeout(this.#coalesce)
    await this.#looking
    await this.#watcher?.close()
  }

  #schedulePoll(): void {
    this.#poll = setTimeout(() => this.#pollNow(), this.#options.pollMs ?? 5_000)
  }

  #pollNow(): void {
    this.#schedulePoll()
    if (this.#watcherState === 'ready') this.#degraded = false
    if (this.#watcherState === 'failed') this.#watched = undefined
    void this.#look('poll')
  }

  #onEvent(): void {
    if (this.#closing.signal.aborted) return
    this.#coalesce ??= setTimeout(() => {
      this.#coalesce = undefined
      void this.#look('event')
    }, this.#options.coalesceMs ?? 50)
  }

  /** Looks now, or once more after the look under way; resolves when nothing is left to look for. */
  #look(askedBy: 'event' | 'poll'): Promise<void> {
    if (askedBy === 'event') this.#asked = 'event'
    this.#asked ??= askedBy
    this.#looking ??= this.#lookWhileAsked()
    return this.#looking
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#asked !== undefined && !this.#closing.signal.aborted) {
      const askedBy = this.#asked
      this.#asked = undefined
      await this.#lookOnce(askedBy)
    }
    this.#looking = undefined
  }

  async #lookOnce(askedBy: 'event' | 'poll'): Promise<void> {
    const identity = await identityOf(this.#directory)
    if (identity !== this.#watched) await this.#startWatcher(identity)
    const reading = await readSnapshot(this.#directory, this.#closing.signal).catch(toReconcileError)
    if (this.#closing.signal.aborted) return
    if (reading instanceof Error) this.#tellUnreadable(reading)
    else this.#tellContent(this.#isEventWaiting() ? 'event' : askedBy, reading)
  }

  /** A watcher follows the directory it was started on; one made anew under the same name needs a new watcher. */
  async #startWatcher(identity: string): Promise<void> {
    await this.#watcher?.close()
    this.#watcher = undefined
    if (this.#closing.signal.aborted) return
    this.#watched = identity
    this.#watcherState = 'starting'
    try {
      this.#watcher = (this.#options.watcher ?? chokidarWatcher)(this.#directory, {
        onEvent: () => this.#onEvent(),
        onReady: () => this.#onReady(),
        onError: (error) => this.#onWatcherError(error)
      })
    } catch (error) {
      this.#onWatcherError(error)
    }
  }

  /** What changed since the watcher was started raised no event. A failed watcher says ready too, and is deaf. */
  #onReady(): void {
    if (this.#watcherState === 'starting') this.#watcherState = 'ready'
    if (this.#watcherState === 'ready') void this.#look('event')
  }

  #onWatcherError(error: unknown): void {
    this.#watcherState = 'failed'
    if (this.#degraded || this.#closing.signal.aborted) return
    this.#degraded = true
    this.#options.onProblem({ kind: 'degraded', reason: deepestMessage(error) })
  }

  /** A poll that reads what an event has announced meanwhile is no sign of a deaf watcher. */
  #isEventWaiting(): boolean {
    return this.#coalesce !== undefined || this.#asked === 'event'
  }

  #tellContent(foundBy: 'event' | 'poll', snapshot: Snapshot): void {
    this.#unreadable = undefined
    if (snapshot.digest === this.#delivered) return
    this.#delivered = snapshot.digest
    this.#options.onChange(foundBy, snapshot)
  }

  #tellUnreadable(error: ReconcileError): void {
    this.#delivered = undefined
    if (error.message === this.#unreadable) return
    this.#unreadable = error.message
    this.#options.onProblem({ kind: 'unreadable', error })
  }
}

/**
 * Tells a directory from another one later made under the same name. The time of birth is part of it because a file
 * system hands the inode of a deleted directory to the next one.
 */
async function identityOf(directory: string): Promise<string> {
  try {
    const { dev, ino, birthtimeNs } = await stat(directory, { bigint: true })
    return `${dev} ${ino} ${birthtimeNs}`
  } catch {
    return 'absent'
  }
}
