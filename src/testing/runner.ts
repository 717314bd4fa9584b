/**
 * As much of a test runner as the conformance suite needs: mocha's, or that of any with the same globals.
 * @module
 */
import assert from 'node:assert/strict'

/** Registers a suite or a test; a test without a body is shown as pending. */
export type Register = (title: string, body?: (this: unknown, ...given: readonly unknown[]) => unknown) => unknown

/** A global of the runner. Throws where there is none. */
export function runnerFunction(name: 'describe' | 'it'): Register {
  const found: unknown = Reflect.get(globalThis, name)
  assert.ok(isRegister(found), `expected a global "${name}": run this under mocha, or use conformanceRules`)
  return found
}

function isRegister(value: unknown): value is Register {
  return typeof value === 'function'
}

/** Gives the tests of a suite of mocha at least this long; its default of 2 s is none for a real service. */
export function allowTime(suite: unknown, ms: number): void {
  const timeout = methodOf(suite, 'timeout')
  const current: unknown = timeout?.()
  if (typeof current === 'number' && current !== 0 && current < ms) timeout?.(ms)
}

/**
 * Ends a running test as skipped, with the reason in its title or as the runner shows it. May throw, as runners do for
 * that.
 */
export function showSkipped(test: unknown, given: unknown, reason: string): void {
  const runnable: unknown = typeof test === 'object' && test !== null && 'test' in test ? test.test : undefined
  if (typeof runnable === 'object' && runnable !== null && 'title' in runnable) {
    Object.assign(runnable, { title: `${String(runnable.title)} (does not apply: ${reason})` })
  }
  methodOf(test, 'skip')?.()
  methodOf(given, 'skip')?.(reason)
}

function methodOf(object: unknown, name: string): ((...inputs: readonly unknown[]) => unknown) | undefined {
  const method: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined
  return typeof method === 'function' ? (...inputs) => Reflect.apply(method, object, inputs) : undefined
}
