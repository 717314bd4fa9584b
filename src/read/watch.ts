/**
 * Tells when the content of a configuration directory has changed: at once by a watcher, and by a poll of its own
 * for all the cases in which a watcher is deaf. Only a hint that shortens the wait: consumers read by themselves.
 * @module
 */
import { stat } from 'node:fs/promises'
import { deepestMessage } from '../errors.ts'
import { ChangePoller, type Watch, type WatchOptions } from './change-poller.ts'
import { readSnapshot } from './snapshot.ts'
import { type WatcherFactory, chokidarWatcher } from './watcher.ts'

export interface DirectoryWatchOptions extends WatchOptions {
  /** Default chokidar. */
  readonly watcher?: WatcherFactory
}

/** Starts to watch a directory, which need not exist yet. Writes nothing and never throws. */
export function watchDirectory(directory: string, options: DirectoryWatchOptions): Watch {
  const watch = new DirectoryWatch(directory, options)
  watch.start()
  return watch
}

class DirectoryWatch implements Watch {
  readonly #directory: string
  readonly #factory: WatcherFactory
  readonly #look: ChangePoller

  #watcher: ReturnType<WatcherFactory> | undefined
  #watcherState: 'starting' | 'ready' | 'failed' = 'starting'
  /** Which directory the watcher was started on; undefined asks for a new watcher. */
  #watched: string | undefined
  #degraded = false

  constructor(directory: string, { watcher = chokidarWatcher, ...options }: DirectoryWatchOptions) {
    this.#directory = directory
    this.#factory = watcher
    this.#look = new ChangePoller(
      {
        read: (signal) => readSnapshot(directory, signal),
        prepare: () => this.#followDirectory(),
        onPoll: () => this.#onPoll()
      },
      options
    )
  }

  start(): void {
    this.#look.start()
  }

  async close(): Promise<void> {
    await this.#look.close()
    await this.#watcher?.close()
  }

  #onPoll(): void {
    if (this.#watcherState === 'ready') this.#degraded = false
    if (this.#watcherState === 'failed') this.#watched = undefined
  }

  /** A watcher follows the directory it was started on; one made again under the same name needs a new watcher. */
  async #followDirectory(): Promise<void> {
    const identity = await identityOf(this.#directory)
    if (identity === this.#watched) return
    await this.#watcher?.close()
    this.#watcher = undefined
    if (this.#look.closing.aborted) return
    this.#watched = identity
    this.#watcherState = 'starting'
    try {
      this.#watcher = this.#factory(this.#directory, {
        onEvent: () => this.#look.hint(),
        onSwap: () => this.#look.now(),
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
    if (this.#watcherState === 'ready') this.#look.now()
  }

  #onWatcherError(error: unknown): void {
    this.#watcherState = 'failed'
    if (this.#degraded || this.#look.closing.aborted) return
    this.#degraded = true
    this.#look.degraded(deepestMessage(error))
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
