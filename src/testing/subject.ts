/**
 * What is tested: a service opened for one test, and what its author says of the kind under test.
 * @module
 */
import type { Json } from '../records.ts'
import type { Service } from '../contract.ts'
import type { Clock } from '../time/clock.ts'

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
  /** How many requests the service was sent so far; needed where the kind can be read in part (`scoped`). */
  requests?(): number
  /** Runs after the rule, when the service is closed. */
  cleanup?(): Promise<void>
}

/** What tests are told of the kind under test. */
export interface KindUnderTest {
  /** The kind under test, e.g. `topic`. */
  readonly kind: string
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
  /** @default the machine's; a `JumpingClock` makes a suite quick whose service is in memory. */
  readonly clock?: Clock
}
