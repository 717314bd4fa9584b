/**
 * What a suite of tests came to, and what all of them come to together.
 * @module
 */

/** A test by its full title, and why it failed. */
export interface Failure {
  readonly title: string
  /** Path of the test file from the root of the checkout; empty where no file is to blame. */
  readonly file: string
  /** Message and stack of the error. */
  readonly why: string
}

/** How long a test file took, hooks included. */
export interface FileTime {
  readonly file: string
  readonly ms: number
}

/** What one run of mocha came to; the reporter writes it as JSON. */
export interface Result {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Titles of skipped tests: each says why, or its suite does, see live/skip.ts. */
  readonly skips: readonly string[]
  readonly failures: readonly Failure[]
  /** First attempts that failed, of tests that passed or failed for good afterwards. */
  readonly secondAttempts: readonly Failure[]
  readonly files: readonly FileTime[]
}

/** Nothing ran. */
export const empty: Result = {
  passed: 0,
  failed: 0,
  skipped: 0,
  skips: [],
  failures: [],
  secondAttempts: [],
  files: []
}

/** One failure that no test had: a check, a suite that ended before its result was written. */
export function failure(title: string, why: string): Result {
  return { ...empty, failed: 1, failures: [{ title, file: '', why }] }
}

/** All results as one. */
export function combine(results: readonly Result[]): Result {
  return results.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
      skips: [...sum.skips, ...each.skips],
      failures: [...sum.failures, ...each.failures],
      secondAttempts: [...sum.secondAttempts, ...each.secondAttempts],
      files: [...sum.files, ...each.files]
    }),
    empty
  )
}

/** More second attempts than this in one run make it red: see docs/decisions/0022-second-attempt.md. */
export const mostSecondAttempts = 3

/** The result itself, with one more failure when too many tests needed a second attempt. */
export function judged(result: Result): Result {
  const count = result.secondAttempts.length
  if (count <= mostSecondAttempts) return result
  const why = `expected at most ${mostSecondAttempts} tests that need a second attempt, found ${count}`
  return combine([result, failure('second attempts', why)])
}

/** The last line of every run: `N passed, N failed[, N skipped]`. */
export function lastLine({ passed, failed, skipped }: Result): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}
