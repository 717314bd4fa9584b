/**
 * Runs tests. Without words: type check, lint, and all tests, those of different services side by side in processes of
 * their own. `unit`: only those that need no server and no child process. `long`: those that prove rare events, with
 * their full number of repetitions. Names of test files: these alone, at once; what else is said goes to mocha.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allTasks, longTasks, unitTasks, type Task } from './runner/jobs.ts'
import { combine, judged } from './runner/result.ts'
import { next, type Budget } from './runner/schedule.ts'
import { jobLine, summary, type Ended } from './runner/summary.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Tests wait half of their time; servers and tests leave a quarter of the memory to the rest of the machine. */
const budget: Budget = { jobs: availableParallelism() * 2, memoryMiB: (totalmem() / 2 ** 20) * 0.75 }

const modes: Readonly<Record<string, () => readonly Task[]>> = { all: allTasks, unit: unitTasks, long: longTasks }

/** Runs the tasks side by side as far as the budget goes. */
async function runAll(tasks: readonly Task[], logs: string): Promise<readonly Ended[]> {
  const running = new Map<string, Promise<void>>()
  const ended: Ended[] = []
  const begin = async (task: Task): Promise<void> => {
    const log = join(logs, `${task.name.replaceAll(' ', '-')}.log`)
    const startedAt = performance.now()
    const result = await task.run(log)
    const end: Ended = { name: task.name, ms: performance.now() - startedAt, log, ...(result && { result }) }
    if (result !== undefined && result.failed > 0) console.log(readFileSync(log, 'utf8'))
    console.log(jobLine(end))
    ended.push(end)
    running.delete(task.name)
  }
  while (ended.length < tasks.length) {
    const progress = { running: [...running.keys()], ended: ended.map(({ name }) => name) }
    const task = next(tasks, progress, budget)
    if (task === undefined) await Promise.race(running.values())
    else running.set(task.name, begin(task))
  }
  return ended
}

/** Why tests were skipped, each reason once: see live/skip.ts. */
function skipsIn(jobs: readonly Ended[]): readonly string[] {
  const lines = jobs.flatMap(({ result, log }) => (result === undefined ? [] : readFileSync(log, 'utf8').split('\n')))
  return [...new Set(lines.filter((line) => line.startsWith('SKIPPED')))]
}

async function runTasks(tasks: readonly Task[]): Promise<number> {
  const startedAt = performance.now()
  const logs = mkdtempSync(join(tmpdir(), 'infometis-tests-'))
  console.log(`output of each job in ${logs}`)
  const ended = await runAll(tasks, logs)
  console.log(summary(ended, skipsIn(ended), performance.now() - startedAt))
  return judged(combine(ended.flatMap(({ result }) => result ?? []))).failed === 0 ? 0 : 1
}

/** A test run that somebody waits for: on the terminal, as it goes. */
function runFiles(words: readonly string[]): number {
  const args = ['--reporter', './test/runner/reporter.ts', ...words]
  return spawnSync('mocha', args, { cwd: root, stdio: 'inherit' }).status ?? 1
}

const words = process.argv.slice(2)
const [mode = 'all', ...files] = words
const tasks = modes[mode]
process.exitCode = tasks === undefined ? runFiles(words) : files.length > 0 ? runFiles(files) : await runTasks(tasks())
