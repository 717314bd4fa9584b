/**
 * Mocha's own spec output, the tests that needed a second attempt, and a last line that scripts can read:
 * `N passed, N failed[, N skipped]`.
 * @module
 */
import Mocha from 'mocha'

const { EVENT_RUN_END, EVENT_TEST_RETRY } = Mocha.Runner.constants

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    const again: string[] = []
    runner.on(EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
      again.push(`${test.fullTitle()}\n    ${error.stack ?? error.message}`)
    })
    runner.once(EVENT_RUN_END, () => {
      if (again.length > 0) process.stdout.write(`  ${again.length} failed at first and got a second attempt:\n\n${again.map((what) => `  - ${what}\n`).join('')}\n`)
      const { passes, failures, pending } = this.stats
      process.stdout.write(`${passes} passed, ${failures} failed${pending === 0 ? '' : `, ${pending} skipped`}\n`)
    })
  }
}
