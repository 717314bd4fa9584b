/**
 * The conformance suite: what every kind of every service promises, checked on a real one.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../records.ts'
import type { Service } from '../contract.ts'
import type { Clock } from '../time/clock.ts'
import { DoesNotApply } from './does-not-apply.ts'
import { allowTime, runnerFunction, showSkipped } from './runner.ts'
import { TestBench } from './test-bench.ts'
import { rules, type RuleTitle } from './rules.ts'

/** One item as its file declares it. */
export type Item = { readonly [field: string]: Json }

/** A service opened for one rule, and ways past the plugin to what stands behind it. */
export interface Subject {
  readonly service: Service
  /** All that the service holds, as data that is equal exactly when nothing was written. Must not write. */
  snapshot(): Promise<unknown>
  /** Makes an item of this name that nobody declared and that is to be reported as an orphan. */
  createByHand?(name: string): Promise<void>
  /** Gives a field that `valid` declares another value, from which it may be set back. */
  changeByHand?(name: string): Promise<void>
  /** From now on the service takes calls and does not answer. */
  stall?(): Promise<void>
  /** From now on connections to the service are cut and refused. Comes after `stall` where both are given. */
  cut?(): Promise<void>
  /** Runs after the rule, when the service is closed. */
  cleanup?(): Promise<void>
}

export interface ConformanceOptions {
  /** The kind under test, e.g. `topic`. */
  readonly kind: string
  /** Opens the service; called once a rule. What earlier rules left there does not matter. */
  open(): Promise<Subject> | Subject
  /** A declaration the service accepts; the more fields it declares, the more is checked. */
  readonly valid: Item
  /**
   * The same item with one field changed that may be changed, whatever its name. It proves most when it declares
   * nothing but this field: what it leaves out must survive. Of a field that is a set, as many entries as you like may
   * change. Not needed where nothing of an item can differ.
   */
  readonly changed?: Item
  /** A well-formed item that the service itself refuses, under a name of its own when the name is what is bad. */
  readonly bad?: { readonly name?: string; readonly item: Item }
  /** A field the schema does not know. @default 'no-such-field' */
  readonly unknownField?: string
  /** Other files of the mount that the declarations name, by file name. */
  readonly files?: Readonly<Record<string, string>>
  /** What stands in policy.yaml, e.g. `{ hold: [] }` where every change is disruptive. */
  readonly policy?: Item
  /** How long the service may take to show what was done to it, in ms. @default 10000 */
  readonly patienceMs?: number
  /** How long one rule may take, in ms; a longer time of the suite around it stays. @default 60000 */
  readonly timeoutMs?: number
  /** @default the machine's; a `JumpingClock` makes a suite quick whose service is in memory. */
  readonly clock?: Clock
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
