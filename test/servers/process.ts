/**
 * Child processes of the tests: server processes in a group of their own, one-shot commands, and the
 * promise that nothing outlives the process that started it.
 * @module
 */
import { execFile, spawn, type ExecFileException } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { halted } from './halt.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const cleanups = new Set<() => void>()

function cleanUp(): void {
  // Last first: a server is killed before its directory is removed.
  for (const cleanup of [...cleanups].toReversed()) cleanup()
  cleanups.clear()
  unhook()
}

function onSignal(signal: NodeJS.Signals): void {
  // A listener of the program itself decides how to end; the exit hook then cleans up.
  if (process.listenerCount(signal) > 1) return
  cleanUp()
  process.kill(process.pid, signal)
}

function unhook(): void {
  process.off('exit', cleanUp)
  for (const signal of signals) process.off(signal, onSignal)
}

/** Runs `cleanup` (synchronously) when this process exits or is ended by a signal; call the answer to forget it. */
export function atExit(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.on('exit', cleanUp)
    for (const signal of signals) process.on(signal, onSignal)
  }
  cleanups.add(cleanup)
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0) unhook()
  }
}

/** A running server. It does not keep this process alive, and is killed when this process ends. */
export interface ServerProcess {
  readonly pid: number
  /** The file that takes its stdout and stderr. */
  readonly log: string
  readonly alive: boolean
  /** Sends a signal to the whole process group; nothing happens when it has ended. */
  signal(name: NodeJS.Signals): void
  /** SIGSTOP; resolves when no thread of it runs any more: a busy machine takes a while, and until then requests are answered. */
  pause(): Promise<void>
  /** Asks it to end, kills it after `graceMs` (default 30,000), and resolves when it is gone. */
  stop(graceMs?: number): Promise<void>
  /** Resolves when it is gone. */
  kill(): Promise<void>
}

/** Numeric ids of the user a process runs as; it needs no entry in /etc/passwd. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** Where and how a server process runs. */
export interface ServerOptions {
  readonly cwd: string
  /** Its output is appended to this file. */
  readonly log: string
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Default the user of this process; only root can choose another one. */
  readonly user?: User
}

/**
 * Starts a server in its own process group, so that a Ctrl-C meant for this process does not reach it first. What it
 * started in that group does not outlive it.
 */
export async function startServer(
  command: string,
  args: readonly string[],
  options: ServerOptions
): Promise<ServerProcess> {
  const output = openSync(options.log, 'a')
  const env = { ...process.env, ...options.env }
  const child = spawn(command, args, {
    ...options.user,
    cwd: options.cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output]
  })
  closeSync(output)
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  let alive = true
  const signal = (name: NodeJS.Signals) => void (alive && sendToGroup(pid, name))
  const forget = atExit(() => signal('SIGKILL'))
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  child.once('exit', () => {
    signal('SIGKILL')
    alive = false
    forget()
    void groupGone(pid).then(end)
  })
  child.unref()
  const pause = async () => {
    signal('SIGSTOP')
    await halted(pid)
  }
  const kill = async () => {
    child.ref()
    signal('SIGKILL')
    await ended
  }
  const stop = async (graceMs = 30_000) => {
    child.ref()
    signal('SIGTERM')
    // A paused process takes notice only when it runs again.
    signal('SIGCONT')
    const gone = await within(graceMs, ended)
    if (!gone) await kill()
  }
  return {
    pid,
    log: options.log,
    get alive() {
      return alive
    },
    signal,
    pause,
    stop,
    kill
  }
}

function sendToGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Resolves when no process of the group is left; gives up on zombies, which only their parent can remove, after 5 s. */
async function groupGone(pid: number): Promise<void> {
  for (const deadline = performance.now() + 5_000; performance.now() < deadline; await sleep(10)) {
    try {
      process.kill(-pid, 0)
    } catch {
      return
    }
  }
}

async function within(ms: number, settled: Promise<void>): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false)
  const inTime = await Promise.race([settled.then(() => true), late])
  timer.abort()
  return inTime
}

/** The last lines of a log or of a command's output, for error messages. */
export function lastLines(text: string, count = 30): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

/** How long to wait for a server, and what to call it in an error. */
export interface WaitOptions {
  readonly name: string
  /** Default 90,000. */
  readonly timeoutMs?: number
}

/**
 * Polls `probe` until it answers true. `probe` must end by itself within seconds; a rejection counts as "not yet".
 * Throws with the last lines of the log when the server ends first or the time is over.
 */
export async function waitUntilReady(
  server: ServerProcess,
  probe: () => Promise<boolean>,
  options: WaitOptions
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? 90_000
  const deadline = performance.now() + timeoutMs
  const failure = (what: string) => new Error(`${options.name} ${what}\n${lastLines(readFileSync(server.log, 'utf8'))}`)
  for (;;) {
    if (!server.alive) throw failure('ended before it was ready')
    if (await probe().catch(() => false)) return
    if (performance.now() > deadline) throw failure(`was not ready after ${timeoutMs / 1000} s`)
    await sleep(100)
  }
}

/** Limits of a one-shot command. */
export interface RunOptions {
  /** What to call it in an error; default the command. */
  readonly name?: string
  readonly cwd?: string
  /** Default 600,000. */
  readonly timeoutMs?: number
  /** Default the user of this process; only root can choose another one. */
  readonly user?: User
}

/** The output of a one-shot command that succeeded. */
export interface Output {
  readonly stdout: string
  readonly stderr: string
}

function describeFailure(error: ExecFileException, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'is not installed'
  return error.killed === true ? `took more than ${timeoutMs / 1000} s` : `ended with ${error.code ?? error.signal}`
}

/** Runs a command to its end. Throws with the last lines of its output when it fails; shows nothing otherwise. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const limits = { ...options.user, cwd: options.cwd, timeout: options.timeoutMs ?? 600_000, maxBuffer: 2 ** 28 }
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { ...limits, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      forget()
      if (error === null) return resolve({ stdout, stderr })
      const how = describeFailure(error, limits.timeout)
      reject(new Error(`${options.name ?? command} ${how}\n${lastLines(`${stdout}${stderr}`)}`, { cause: error }))
    })
    const forget = atExit(() => void child.kill('SIGKILL'))
  })
}
