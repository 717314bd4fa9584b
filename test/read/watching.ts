/**
 * A watch on a directory, and everything it has told.
 * @module
 */
import type { ConfigFiles } from '../../src/read/config-files.ts'
import type { ReadProblem, Watch } from '../../src/read/change-poller.ts'
import { type DirectoryWatchOptions, watchDirectory } from '../../src/read/watch.ts'
import { chokidarWatcher, type WatcherFactory, type WatcherListeners } from '../../src/read/watcher.ts'

/** Long enough for no poll to happen in a test: what is found then, the watcher has found. */
export const neverPoll = 60_000

export interface Told {
  readonly changes: { readonly foundBy: 'event' | 'poll'; readonly snapshot: ConfigFiles }[]
  readonly problems: ReadProblem[]
  /** Content of a file in the last snapshot. */
  latest(name: string): string | undefined
}

/** Runs with a watch on a directory and everything it has told, and closes it. */
export async function watching(
  directory: string,
  options: Omit<DirectoryWatchOptions, 'onChange' | 'onProblem'>,
  run: (told: Told, watch: Watch) => Promise<void>
): Promise<void> {
  const told: Told = {
    changes: [],
    problems: [],
    latest: (name) => {
      const content = told.changes.at(-1)?.snapshot.files.get(name)
      return content && Buffer.from(content).toString()
    }
  }
  const watch = watchDirectory(directory, {
    ...options,
    onChange: (foundBy, snapshot) => told.changes.push({ foundBy, snapshot }),
    onProblem: (problem) => told.problems.push(problem)
  })
  try {
    await run(told, watch)
  } finally {
    await watch.close()
  }
}

/** A watcher that says only what the test makes it say. */
export function puppet(): { readonly factory: WatcherFactory; readonly started: WatcherListeners[]; open: number } {
  const watcher = {
    started: [] as WatcherListeners[],
    open: 0,
    factory: ((_, listeners) => {
      watcher.started.push(listeners)
      watcher.open += 1
      return {
        close: () => {
          watcher.open -= 1
          return Promise.resolve()
        }
      }
    }) satisfies WatcherFactory
  }
  return watcher
}

/** Why changes could not be seen, in the order in which that was told. */
export const reasonsOf = (told: Told): string[] =>
  told.problems.map((problem) => (problem.kind === 'degraded' ? `degraded: ${problem.reason}` : problem.error.message))

/** chokidar: how many watchers were started, and whether the newest of them sees changes. */
export interface Observed {
  readonly factory: WatcherFactory
  started: number
  isReady: boolean
}

/** Begins without a watcher. */
export function observed(): Observed {
  const watcher: Observed = {
    started: 0,
    isReady: false,
    factory: (directory, listeners) => {
      const number = (watcher.started += 1)
      watcher.isReady = false
      const onReady = (): void => {
        watcher.isReady ||= number === watcher.started
        listeners.onReady()
      }
      return chokidarWatcher(directory, { ...listeners, onReady })
    }
  }
  return watcher
}
