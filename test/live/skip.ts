/**
 * Tests that cannot run here say so.
 * @module
 */

/** Says on stderr why tests are skipped, and skips them. */
export function skipLoudly(context: Mocha.Context, why: string): never {
  process.stderr.write(`SKIPPED: ${context.test?.fullTitle() ?? ''}: ${why}\n`)
  context.skip()
}
