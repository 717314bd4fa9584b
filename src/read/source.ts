/**
 * Where the configuration comes from: a port, so that what is done with the files does not depend on it.
 * @module
 */
import type { ConfigFiles } from './config-files.ts'
import type { Watch, WatchOptions } from './change-poller.ts'
import { readSnapshot } from './snapshot.ts'
import { watchDirectory } from './watch.ts'

/** Two methods that know nothing of each other: what is watched is only ever a hint to read. */
export interface ConfigSource {
  /** All files of one moment. Throws CONFIG_MISSING when they cannot be read; worth another try later. Never writes. */
  read(): Promise<ConfigFiles>
  /** Starts to watch and never throws. The source need not be there yet. */
  watch(options: WatchOptions): Watch
}

/** A directory, mounted or not. */
export function directorySource(directory: string): ConfigSource {
  return { read: () => readSnapshot(directory), watch: (options) => watchDirectory(directory, options) }
}
