/**
 * What a run consists of: checks, preparations, suites.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { preparations } from './preparations.ts'
import { runMocha, runToEnd } from './processes.ts'
import { failure, type Result } from './result.ts'
import type { Job } from './schedule.ts'
import { filesOf, suites, unitSuites, type Suite } from './suites.ts'

/** A job and how it is done; a job without tests has no result unless it fails. */
export interface Task extends Job {
  /** Does it, with its output in `log`. Never throws. */
  run(log: string): Promise<Result | undefined>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const minuteMs = 60_000
/** A suite that hangs must not take the time of the others with it. */
const suiteLimitMs = 40 * minuteMs
const longLimitMs = 240 * minuteMs

/** Everything, as CI runs it. */
export function allTasks(): readonly Task[] {
  return [
    check('tsc', ['--noEmit']),
    check('oxfmt', ['--check']),
    check('oxlint', ['--type-aware', '--deny-warnings']),
    ...prepareTasks(),
    ...suites.map((suite) => suiteTask(suite))
  ]
}

/** Without a server and without a child process. */
export function unitTasks(): readonly Task[] {
  return unitSuites.map((suite) => suiteTask(suite))
}

/** The files that repeat something more often in a long run than usually, all with the full number. */
export function longTasks(): readonly Task[] {
  const isLong = (file: string): boolean => readFileSync(join(root, file), 'utf8').includes("/rounds.ts'")
  const long = suites
    .map((suite) => ({ ...suite, files: filesOf(suite).filter(isLong) }))
    .filter(({ files }) => files.length > 0)
  return [...prepareTasks(), ...long.map((suite) => suiteTask(suite, longLimitMs, { INFOMETIS_LONG: '1' }))]
}

function check(command: string, args: readonly string[]): Task {
  return {
    name: command,
    after: [],
    // First of all: nothing else is worth anything without them.
    seconds: 10_000,
    memoryMiB: 1_500,
    run: async (log) => {
      const { how } = await runToEnd({ command, args, log, limitMs: 10 * minuteMs })
      return how === 0 ? undefined : failure(command, readFileSync(log, 'utf8'))
    }
  }
}

/** Expected seconds on two quiet cores where the cache is empty. */
const preparationSeconds = {
  kafka: 15,
  elasticsearch: 60,
  nifi: 60,
  kubernetes: 400,
  kubectl: 10,
  crun: 5,
  promtool: 5
} as const

function prepareTasks(): readonly Task[] {
  return preparations.map((name) => ({
    name: `prepare ${name}`,
    after: [],
    seconds: preparationSeconds[name],
    memoryMiB: name === 'kubernetes' ? 2_500 : 500,
    run: async (log) => {
      await runToEnd({ command: 'node', args: ['test/runner/preparations.ts', name], log, limitMs: suiteLimitMs })
      return undefined
    }
  }))
}

function suiteTask(suite: Suite, limitMs = suiteLimitMs, env: Readonly<Record<string, string>> = {}): Task {
  const { name, seconds, memoryMiB, needs } = suite
  return {
    name,
    after: needs.map((need) => `prepare ${need}`),
    seconds,
    memoryMiB,
    run: (log) => runMocha(name, filesOf(suite), { log, env, limitMs })
  }
}
