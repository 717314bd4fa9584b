/**
 * Runs the real command line and the real sidecar as processes of their own.
 * @module
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { atExit } from '../servers/process.ts'

const commandLine = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Environment variables. */
export type Variables = Readonly<Record<string, string>>

/** Variables of this process that would change what a test is about are not handed on. */
function environmentFor(variables: Variables): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]]
  )
  return { ...Object.fromEntries(kept), HTTP_PORT: '0', ...variables }
}

/** What a command that ended left behind. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

function launch(args: readonly string[], variables: Variables): { readonly child: Child; readonly forget: () => void } {
  const child = spawn(process.execPath, [commandLine, ...args], {
    env: environmentFor(variables),
    stdio: ['pipe', 'pipe', 'pipe']
  })
  child.stdin.on('error', () => undefined)
  return { child, forget: atExit(() => void child.kill('SIGKILL')) }
}

/** Runs `infometis` to its end. */
export async function infometis(
  args: readonly string[],
  options: { readonly env?: Variables; readonly input?: string } = {}
): Promise<Ended> {
  const { child, forget } = launch(args, options.env ?? {})
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.end(options.input ?? '')
  const [code]: (number | null)[] = await once(child, 'close')
  forget()
  return { code: code ?? null, stdout, stderr }
}

/** A line of the sidecar's log. */
export interface LogRecord {
  readonly timestamp: string
  readonly level: string
  readonly message: string
  readonly [fact: string]: unknown
}

/** A running sidecar. */
export interface Sidecar {
  readonly pid: number
  /** Everything logged so far. */
  lines(): readonly LogRecord[]
  /** Everything printed so far, both streams. */
  output(): string
  /** The first matching line, of those from `since` on, within `ms` (default 30,000). Throws with the log otherwise. */
  waitForLine(
    matches: (line: LogRecord) => boolean,
    options?: { readonly ms?: number; readonly since?: number }
  ): Promise<LogRecord>
  /** Sends SIGTERM and gives the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): void
  /** SIGSTOP: it does nothing, and does not know it, until SIGCONT. */
  pause(): void
  resume(): void
  readonly running: boolean
}

const running = new Set<{ kill(): void; readonly ended: Promise<unknown> }>()

/** Starts `infometis run <service>`, without `dir` on what its variables name; a test that fails leaves it to the end of the test. */
export function startSidecar(service: string, options: { readonly dir?: string; readonly env?: Variables }): Sidecar {
  const { child, forget } = launch(
    ['run', service, ...(options.dir === undefined ? [] : ['--config', options.dir])],
    options.env ?? {}
  )
  const lines: LogRecord[] = []
  let printed = ''
  let rest = ''
  let ended = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(recordOf(part))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const exit = once(child, 'close').then(([code]: (number | null)[]) => {
    ended = true
    forget()
    running.delete(handle)
    return code ?? null
  })
  const handle = { kill: () => void child.kill('SIGKILL'), ended: exit }
  running.add(handle)
  return {
    pid: child.pid ?? 0,
    lines: () => lines,
    output: () => printed,
    get running() {
      return !ended
    },
    waitForLine: async (matches, { ms = 30_000, since = 0 } = {}) => {
      const deadline = performance.now() + ms
      for (;;) {
        const line = lines.slice(since).find(matches)
        if (line !== undefined) return line
        if (ended || performance.now() > deadline)
          throw new Error(`the sidecar ${ended ? 'ended' : `did not say it in ${ms} ms`}:\n${printed}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    kill: () => void child.kill('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => {
      child.kill('SIGTERM')
      return exit
    }
  }
}

function recordOf(line: string): LogRecord {
  const parsed: unknown = JSON.parse(line)
  if (!isRecord(parsed)) throw new Error(`expected a log record, found ${line}`)
  return parsed
}

function isRecord(value: unknown): value is LogRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    'level' in value &&
    'timestamp' in value
  )
}

afterEach(async () => {
  for (const sidecar of running) {
    sidecar.kill()
    await sidecar.ended
  }
})
