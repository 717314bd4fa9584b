/**
 * The real sidecar as a child process, and a way to wait for what it logs.
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const lineSchema = z.looseObject({
  timestamp: z.string(),
  level: z.string(),
  message: z.string(),
  key: z.string().optional(),
  verb: z.string().optional(),
  result: z.string().optional(),
  status: z.string().optional(),
  orphans: z.array(z.string()).optional()
})

/** One line of the sidecar's log. */
export type LogLine = z.output<typeof lineSchema>

/** Enough for the slowest step on a machine that has much else to do. */
export const patienceMs = 60_000

export class Sidecar {
  readonly #child: ChildProcess
  readonly #waiting = new Set<(line: LogLine) => void>()
  readonly #exited: Promise<number | null>

  /** Starts it. `onLine` is given every line it logs. */
  constructor(
    service: string,
    directory: string,
    variables: Readonly<Record<string, string>>,
    onLine: (line: LogLine) => void
  ) {
    const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
    this.#child = spawn(process.execPath, [main, 'run', service, '--config', directory, '--interval', '2s'], {
      env: { ...process.env, ...variables, LOG_FORMAT: 'json', HTTP_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    this.#exited = new Promise((resolve) => this.#child.once('exit', resolve))
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (text) => {
        const line = lineSchema.parse(JSON.parse(text))
        onLine(line)
        for (const wake of this.#waiting) wake(line)
      })
    }
  }

  /** The next line that matches, or undefined after `ms`. */
  async waitFor(matches: (line: LogLine) => boolean, ms = patienceMs): Promise<LogLine | undefined> {
    const { promise, resolve } = Promise.withResolvers<LogLine | undefined>()
    const wake = (line: LogLine): void => {
      if (matches(line)) resolve(line)
    }
    const timer = setTimeout(() => resolve(undefined), ms)
    this.#waiting.add(wake)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(wake)
    }
  }

  /** SIGTERM; the exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return this.#exited
  }
}
