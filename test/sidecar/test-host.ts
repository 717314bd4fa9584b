/**
 * A host without a process: it keeps what is printed; the test types, signals and moves the clock.
 * @module
 */
import { EventEmitter } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host, Input, Output, StopSignal, Variables } from '../../src/sidecar/host.ts'
import { systemClock, type Clock } from '../../src/time/clock.ts'
import type { ManualClock } from '../../src/testing/manual-clock.ts'

export interface TestHostOptions {
  readonly variables?: Variables
  /** What stands on stdin. */
  readonly input?: string
  /** A person sits there; without it stdin is a pipe. */
  readonly isTerminal?: boolean
  readonly clock?: Clock
  readonly directory?: string
}

export class TestHost implements Host {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly variables: Variables
  readonly clock: Clock
  readonly directory: string
  /** Undefined: nobody has ended the process at once. */
  exitCode: number | undefined
  readonly #signals = new EventEmitter()
  #out = ''
  #err = ''
  readonly #keyboard = new PassThrough()

  constructor({
    variables = {},
    input = '',
    isTerminal = false,
    clock = systemClock,
    directory = process.cwd()
  }: TestHostOptions = {}) {
    this.variables = { TERM: 'dumb', ...variables }
    this.clock = clock
    this.directory = directory
    this.stdin = Object.assign(isTerminal ? this.#keyboard : Readable.from([input]), { isTTY: isTerminal })
    this.stdout = this.#output(isTerminal, (text) => (this.#out += text))
    this.stderr = this.#output(isTerminal, (text) => (this.#err += text))
  }

  get out(): string {
    return this.#out
  }

  get err(): string {
    return this.#err
  }

  onStopSignal(listener: (name: StopSignal) => void): () => void {
    this.#signals.on('signal', listener)
    return () => void this.#signals.off('signal', listener)
  }

  /** How many listen for signals. */
  get listeners(): number {
    return this.#signals.listenerCount('signal')
  }

  exit(code: number): void {
    this.exitCode ??= code
  }

  kill(name: StopSignal = 'SIGTERM'): void {
    this.#signals.emit('signal', name)
  }

  /** Somebody types a line. */
  type(line: string): void {
    this.#keyboard.write(`${line}\n`)
  }

  /** Somebody ends the input (Ctrl-D). */
  hangUp(): void {
    this.#keyboard.end()
  }

  /** Waits until `matches` holds; fails with what was printed when it does not within `ms`. */
  async until(matches: () => boolean, ms = 15_000): Promise<void> {
    const deadline = performance.now() + ms
    while (!matches()) {
      if (performance.now() > deadline)
        throw new Error(`not within ${ms} ms; printed so far:\n${this.out}\n${this.err}`)
      await sleep(1)
    }
  }

  #output(isTTY: boolean, keep: (text: string) => void): Output {
    const stream = new Writable({
      write: (chunk, _encoding, written) => {
        keep(String(chunk))
        written()
      }
    })
    return Object.assign(stream, { isTTY })
  }
}

/** Real time, but faster: what waits for seconds waits for milliseconds. */
export function hurried(factor: number): Clock {
  const startedAt = Date.now()
  const real = performance.now()
  return {
    now: () => startedAt + (performance.now() - real) * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
    timeout: (ms) => systemClock.timeout(ms / factor)
  }
}

/** The exit code of what runs by this clock, which is moved until it has ended. */
export async function runThrough(clock: ManualClock, running: Promise<number>): Promise<number> {
  const ended = new AbortController()
  const code = running.finally(() => ended.abort())
  while (!ended.signal.aborted) await clock.advance(1_000)
  return code
}
