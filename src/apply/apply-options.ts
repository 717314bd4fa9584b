/**
 * What a pass of writes is given.
 * @module
 */
import type { AnyResource } from '../contract.ts'
import type { Outcome } from '../line.ts'
import type { Ledger } from '../queue/ledger.ts'
import type { Urgency } from '../queue/order.ts'
import type { Target } from '../records.ts'
import type { Clock } from '../time/clock.ts'
import type { InFlight } from './in-flight.ts'
import type { Pace } from './pace.ts'
import type { ServiceCall } from './service-call.ts'

/** What lasts longer than one pass. */
export interface ApplyState {
  readonly ledger: Ledger
  readonly inFlight: InFlight
  readonly pace: Pace
}

/** What may end a pass before everything is answered. */
export interface ApplyLimits {
  /** The deadline of the pass: nothing is begun afterwards. */
  readonly deadline: AbortSignal
  /** Aborts when nothing new may be begun; calls in flight are waited for, to the deadline. */
  readonly stopping: AbortSignal
  /** Aborts when something newer is known: nothing is begun any more. */
  readonly superseded: AbortSignal
  /** When another pass is due, in ms since the epoch: a pass that only waits for answers makes room for it. */
  readonly nextPassAt: () => number
  /** Whether the pass may end before its calls do. Otherwise it waits for all of them. */
  readonly mayLeaveCalls: boolean
}

export interface ApplyOptions extends ApplyState, ApplyLimits {
  readonly runId: string
  readonly target: Target
  /** In the order they must be applied. */
  readonly resources: readonly AnyResource[]
  /** What the pass observed beside the items, by kind. */
  readonly facts: ReadonlyMap<string, unknown>
  readonly clock: Clock
  readonly urgency: Urgency
  /** The signal of one call, and what to call when it has ended. */
  readonly callSignal: () => { readonly signal: AbortSignal; readonly ended: () => void }
  /** Runs a call unless the service is known to be down. */
  readonly guarded: <T>(work: () => Promise<T>) => Promise<T>
  /** Called right before each call of the plugin; may abort one of the signals. */
  readonly beforeWrite: () => void
  /** Told of every item whose write begins, with how long that was known. */
  readonly onBegin: (kind: string, waitedMs: number) => void
  /** Told of every outcome the moment it is known, with how many of the writes are done. */
  readonly onOutcome: (outcome: Outcome, done: number, total: number) => void
  /** Told of the outcome of a call that has outlived its pass. */
  readonly onLateOutcome: (outcome: Outcome) => void
  /** Told of every call of the plugin that ended. */
  readonly onCall: (call: ServiceCall) => void
}
