/**
 * Mocha's own spec output, and a last line that scripts can read: `N passed, N failed[, N skipped]`.
 * @module
 */
import Mocha from 'mocha'

const { EVENT_RUN_END } = Mocha.Runner.constants

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      process.stdout.write(`${passes} passed, ${failures} failed${pending === 0 ? '' : `, ${pending} skipped`}\n`)
    })
  }
}
