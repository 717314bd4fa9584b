/**
 * The conformance suite: what every kind of every service promises, checked on a real one.
 * @module
 */
import assert from 'node:assert/strict'
import { DoesNotApply } from './does-not-apply.ts'
import { allowTime, runnerFunction, showSkipped } from './runner.ts'
import { TestBench } from './test-bench.ts'
import { rules, type RuleTitle } from './rules.ts'
import type { KindUnderTest, Subject } from './subject.ts'

export interface ConformanceOptions extends KindUnderTest {
  /** Opens the service; called once a rule. What earlier rules left there does not matter. */
  open(): Promise<Subject> | Subject
  /** How long one rule may take, in ms; a longer time of the suite around it stays. @default 60000 */
  readonly timeoutMs?: number
  /** Rules that cannot hold here, each with the reason, which is shown. */
  readonly skips?: Partial<Readonly<Record<RuleTitle, string>>>
}

/** One rule, ready to run. */
export interface ConformanceRule {
  readonly title: RuleTitle
  /** Why it is not to be run. */
  readonly skip: string | undefined
  /** Opens a service, holds it to the rule and closes it. Throws what is wrong. Why the rule does not apply, if so. */
  readonly run: () => Promise<string | undefined>
}

/** The suite as data. Throws when a skip gives no reason. */
export function conformanceRules(options: ConformanceOptions): readonly ConformanceRule[] {
  return rules.map(({ title, hold }) => {
    const skip = options.skips?.[title]?.trim()
    assert.notEqual(skip, '', `expected a reason for skipping "${title}", found none`)
    return { title, skip, run: () => runRule(options, hold) }
  })
}

/**
 * Registers the suite with the `describe` and `it` of mocha, or of any runner with the same globals. A rule that does
 * not apply to the kind (there is no `update`, say) is shown as skipped, with the reason.
 */
export function conformance(options: ConformanceOptions): void {
  const describe = runnerFunction('describe')
  const it = runnerFunction('it')
  describe(`${options.kind} keeps the contract`, function (this: unknown) {
    allowTime(this, options.timeoutMs ?? 60_000)
    for (const { title, skip, run } of conformanceRules(options)) {
      if (skip !== undefined) {
        it(`${title} (does not apply: ${skip})`)
        continue
      }
      // No named parameter: a runner would take it for a callback that ends the test.
      it(title, async function (this: unknown, ...given: readonly unknown[]) {
        const reason = await run()
        if (reason !== undefined) showSkipped(this, given[0], reason)
      })
    }
  })
}

type Hold = (bench: TestBench) => Promise<void>

async function runRule(options: ConformanceOptions, hold: Hold): Promise<string | undefined> {
  const subject = await options.open()
  try {
    await hold(new TestBench(options, subject))
    return undefined
  } catch (error) {
    if (error instanceof DoesNotApply) return error.message
    throw error
  } finally {
    await subject.service.close()
    await subject.cleanup?.()
  }
}
