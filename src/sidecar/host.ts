/**
 * What a verb has of the process it runs in. Nothing else of the command line touches the process, so that tests run
 * every verb without one of its own.
 * @module
 */
import { Console } from 'node:console'
import type { Readable, Writable } from 'node:stream'
import { systemClock, type Clock } from '../time/clock.ts'

/** Where people or scripts write to us. */
export type Input = Readable & { readonly isTTY?: boolean }

/** Where people or scripts read from. */
export type Output = Writable & { readonly isTTY?: boolean }

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>

/** The signals that ask a process to stop. */
export type StopSignal = 'SIGTERM' | 'SIGINT'

export interface Host {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly variables: Variables
  readonly clock: Clock
  /** Relative names of plugins start here: the working directory. */
  readonly directory: string
  /** Calls `listener` at each signal until the function that is returned is called. */
  onStopSignal(listener: (name: StopSignal) => void): () => void
  /** Ends the process at once, with work unfinished. */
  exit(code: number): void
}

const stopSignals: readonly StopSignal[] = ['SIGTERM', 'SIGINT']

/**
 * The process itself, made once, by its entry. Whatever a library or a plugin prints on the console goes to stderr from
 * then on: stdout holds documents, or the log of the sidecar, and nothing else.
 */
export function processHost(): Host {
  globalThis.console = new Console(process.stderr, process.stderr)
  for (const stream of [process.stdout, process.stderr]) ignoreClosedPipe(stream)
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    variables: process.env,
    clock: systemClock,
    directory: process.cwd(),
    onStopSignal: (listener) => {
      for (const name of stopSignals) process.on(name, listener)
      return () => {
        for (const name of stopSignals) process.off(name, listener)
      }
    },
    exit: (code) => process.exit(code)
  }
}

/** Whoever reads our output may have seen enough (`| head`); that is no fault of ours. */
export function ignoreClosedPipe(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
