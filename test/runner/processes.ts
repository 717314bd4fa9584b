/**
 * Jobs of a run as processes: what they print goes into a file, so that the output of one stays together.
 * @module
 */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { atExit } from '../servers/process.ts'
import { combine, failure, type Result } from './result.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What to run, where its output goes, and how long it may take. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  /** Takes stdout and stderr. */
  readonly log: string
  readonly env?: Readonly<Record<string, string>>
  /** Longest time in ms; it is asked to end then, and ended 30 s later. */
  readonly limitMs: number
}

/** How a process ended. */
export interface End {
  /** Exit code, or the name of the signal; `limit` when it took too long. */
  readonly how: number | string
  /** How long it took, in ms. */
  readonly ms: number
}

const graceMs = 30_000

/** Runs a command to its end in the root of the checkout; it is ended when this process is. Never throws. */
export async function runToEnd({ command, args, log, env = {}, limitMs }: Command): Promise<End> {
  const startedAt = performance.now()
  const output = openSync(log, 'w')
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', output, output] })
  closeSync(output)
  const forget = atExit(() => void child.kill())
  let late = false
  const limit = setTimeout(() => {
    late = true
    child.kill()
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref()
  }, limitMs)
  const how = await once(child, 'close').then(
    ([code, signal]: (number | string | null)[]) => code ?? signal ?? 'no exit code',
    (error: Error) => error.message
  )
  clearTimeout(limit)
  forget()
  return { how: late ? 'limit' : how, ms: performance.now() - startedAt }
}

/** Runs test files under mocha in a process of its own. */
export async function runMocha(
  name: string,
  files: readonly string[],
  command: Omit<Command, 'command' | 'args'>
): Promise<Result & End> {
  const file = `${command.log}.json`
  const reporter = ['--reporter', './test/runner/reporter.ts', '--reporter-option', `result=${file}`]
  const end = await runToEnd({ ...command, command: 'mocha', args: [...reporter, ...files] })
  return { ...resultOf(name, file, end), ...end }
}

/** The result a suite wrote; one that ended before it did, or that ends otherwise than its result says, has failed. */
function resultOf(name: string, file: string, { how }: End): Result {
  if (!existsSync(file)) return failure(name, `ended (${how}) before it had a result`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own reporter has written it
  const result = JSON.parse(readFileSync(file, 'utf8')) as Result
  if (how === 0 || result.failed > 0) return result
  return combine([result, failure(name, `ended (${how}) after its tests`)])
}
