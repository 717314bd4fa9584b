/**
 * Mocha's own spec output and a `Result` as JSON in the file that `--reporter-option result=FILE` names; without one the
 * last line that scripts can read, see `lastLine`.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import Mocha from 'mocha'
import { judged, lastLine, type Failure, type Result } from './result.ts'

const { EVENT_RUN_END, EVENT_TEST_RETRY, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_SUITE_BEGIN } =
  Mocha.Runner.constants

const root = fileURLToPath(new URL('../..', import.meta.url))

export default class ResultReporter extends Mocha.reporters.Spec {
  readonly #secondAttempts: Failure[] = []
  readonly #failures: Failure[] = []
  /** Titles of skipped tests: each says why, or its suite does, see live/skip.ts. */
  readonly #skips: string[] = []
  readonly #times = new Map<string, number>()
  #file = ''
  #since = performance.now()

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    runner.on(EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => this.#secondAttempts.push(failureOf(test, error)))
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Test, error: Error) => this.#failures.push(failureOf(test, error)))
    runner.on(EVENT_TEST_PENDING, (test: Mocha.Test) => this.#skips.push(test.fullTitle()))
    runner.on(EVENT_SUITE_BEGIN, (suite: Mocha.Suite) => {
      if (suite.parent?.root === true) this.#enter(fileOf(suite.file))
    })
    runner.once(EVENT_RUN_END, () => {
      this.#enter('')
      this.#write(resultFile(options))
    })
  }

  /** The time until now belongs to the file before. */
  #enter(file: string): void {
    const now = performance.now()
    if (this.#file !== '') this.#times.set(this.#file, (this.#times.get(this.#file) ?? 0) + now - this.#since)
    this.#file = file
    this.#since = now
  }

  #write(file: string | undefined): void {
    const result = this.#result()
    if (file !== undefined) return writeFileSync(file, JSON.stringify(result))
    for (const { title, why } of result.secondAttempts) {
      process.stdout.write(`  second attempt: ${title}\n    ${why}\n\n`)
    }
    process.stdout.write(`${lastLine(judged(result))}\n`)
  }

  #result(): Result {
    const { passes, failures, pending } = this.stats
    return {
      passed: passes,
      failed: failures,
      skipped: pending,
      skips: this.#skips,
      failures: this.#failures,
      secondAttempts: this.#secondAttempts,
      files: [...this.#times].map(([path, ms]) => ({ file: path, ms: Math.round(ms) }))
    }
  }
}

function failureOf(test: Mocha.Test, error: Error): Failure {
  return { title: test.fullTitle(), file: fileOf(test.file), why: error.stack ?? error.message }
}

function fileOf(path: string | undefined): string {
  return path === undefined ? '' : relative(root, path)
}

function resultFile({ reporterOptions }: Mocha.MochaOptions): string | undefined {
  const given: unknown = Reflect.get(Object(reporterOptions), 'result')
  return typeof given === 'string' ? given : undefined
}
