/**
 * Which test files run together in one process, and what they need. The end of a file's name says what it is:
 * `.live.test.ts` runs on real servers, `.e2e.test.ts` on a real Kubernetes API server, `.process.test.ts` starts the
 * product or a tool as a process of its own, `.test.ts` is a unit test: no server, no child process, at most 5 s a file.
 * @module
 */
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Preparation } from './preparations.ts'
import type { Job } from './schedule.ts'

/** Test files that run one after the other in one process. */
export interface Suite extends Omit<Job, 'after'> {
  /** Patterns of files from the root of the checkout. */
  readonly files: readonly string[]
  /** Patterns of files that belong to other suites. */
  readonly without?: readonly string[]
  /** What must be there before it begins. */
  readonly needs: readonly Preparation[]
}

const special = ['**/*.{live,e2e,process}.test.ts']

/** Suites without a server or a child process. */
export const unitSuites = [
  {
    name: 'unit',
    files: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    without: [...special, 'test/reconcilers/**'],
    needs: [],
    seconds: 40,
    memoryMiB: 600
  },
  {
    name: 'unit-reconcilers',
    files: ['test/reconcilers/**/*.test.ts'],
    without: special,
    needs: [],
    seconds: 40,
    memoryMiB: 600
  }
] as const satisfies readonly Suite[]

const soak = 'test/live/kafka/soak.live.test.ts'

/** Suites on real servers, and with processes of their own. */
const slowSuites = [
  {
    name: 'processes',
    files: ['test/**/*.process.test.ts'],
    needs: ['kubectl', 'crun', 'promtool', 'kafka'],
    seconds: 220,
    memoryMiB: 1_500
  },
  {
    name: 'kafka',
    files: ['test/**/*.live.test.ts'],
    without: ['test/**/{elasticsearch,nifi}/**', 'test/**/{elasticsearch,nifi}.live.test.ts', soak],
    needs: ['kafka'],
    seconds: 490,
    memoryMiB: 4_000
  },
  {
    // It lasts as long as it is told to, and waits most of that time.
    name: 'soak',
    files: [soak],
    needs: ['kafka'],
    seconds: 210,
    memoryMiB: 2_500
  },
  {
    name: 'elasticsearch',
    files: ['test/**/elasticsearch/**/*.live.test.ts', 'test/**/elasticsearch.live.test.ts'],
    needs: ['elasticsearch'],
    seconds: 480,
    memoryMiB: 6_000
  },
  {
    name: 'nifi',
    files: ['test/**/nifi/**/*.live.test.ts', 'test/**/nifi.live.test.ts'],
    needs: ['nifi'],
    seconds: 640,
    memoryMiB: 4_000
  },
  {
    name: 'kubernetes',
    files: ['test/**/*.e2e.test.ts'],
    needs: ['kubernetes', 'kubectl', 'kafka', 'elasticsearch', 'nifi'],
    seconds: 340,
    memoryMiB: 5_000
  }
] as const satisfies readonly Suite[]

/** Every test file is in one of them. */
export const suites: readonly Suite[] = [...unitSuites, ...slowSuites]

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The test files of a suite in order, as paths from the root of the checkout. Reads directories. */
export function filesOf({ files, without = [] }: Suite): readonly string[] {
  return globSync(files, { cwd: root, exclude: without }).toSorted()
}
