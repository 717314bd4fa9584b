/**
 * The part of watching that the operating system does: it may miss changes and may fail, so it is only a hint.
 * @module
 */
import { watch } from 'chokidar'
import { dataLink } from './snapshot.ts'

/** What a watcher tells; called later, never from within the factory, and not after `close`. */
export interface WatcherListeners {
  /** Something in the directory may have changed. */
  onEvent(): void
  /** A mounted volume has another version now, all of it: kubelet swaps `..data` in one step. */
  onSwap(): void
  /** From now on changes are seen, unless `onError` was called. */
  onReady(): void
  /** Changes may be missed from now on: no inotify instance (EMFILE) or watch (ENOSPC) left, say. */
  onError(error: unknown): void
}

/** Starts watching a directory, which need not exist. */
export type WatcherFactory = (directory: string, listeners: WatcherListeners) => { close(): Promise<void> }

/**
 * Watches with chokidar. Only the directory itself and the files in it: `depth` keeps a directory full of others
 * (a checkout, say) from using up the watches of the machine. `atomic` would hold deletions back for 100 ms.
 */
export const chokidarWatcher: WatcherFactory = (directory, listeners) => {
  const watcher = watch(directory, { ignoreInitial: true, depth: 0, atomic: false })
  watcher.on('all', () => listeners.onEvent())
  // What the system tells, before chokidar has looked at every file for what that means.
  watcher.on('raw', (_event, name) => {
    if (name === dataLink) listeners.onSwap()
  })
  watcher.on('ready', () => listeners.onReady())
  watcher.on('error', (error) => listeners.onError(error))
  return {
    close() {
      const closed = watcher.close()
      // Closing removes all listeners; an error of a read still in flight would then end the process.
      watcher.on('error', () => {})
      return closed
    }
  }
}
