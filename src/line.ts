/**
 * The records that travel along the line read → parse → plan → queue → apply → report: changes, plans, outcomes and
 * reports. Types only.
 * @module
 */
import type { Desired, FieldChange, Risk } from './contract.ts'
import type { ReconcileError } from './errors.ts'
import type { ErrorRecord, HoldReason, InvalidReason, Json, Key, Problem, Reason, Scope, Target } from './records.ts'

/** What names an item in every record. */
export interface ItemOf {
  readonly key: Key
  readonly name: string
  readonly kind: string
}

/** A change that writes. `generation` is the digest of the declaration it was planned from. */
export type Write = ItemOf & {
  readonly risk: Risk
  readonly fields: readonly FieldChange[]
  readonly desired: Desired<unknown>
  readonly generation: string
} & ({ readonly verb: 'create' } | { readonly verb: 'update'; readonly state: unknown })
export type WriteVerb = Write['verb']

/** A change that waits for somebody, with all that is needed to carry it out once it may be. */
export interface Hold extends ItemOf {
  readonly verb: 'hold'
  readonly risk: Risk
  readonly fields: readonly FieldChange[]
  readonly reason: HoldReason
  readonly why: string
  /** What is there and what would be done, as a hash; absent where nothing could ever release it. */
  readonly id?: string
  /** Absent for what nobody declared. */
  readonly desired?: Desired<unknown>
  /** Absent for what is not there, and where nobody knows. */
  readonly state?: unknown
  /** Set when a fault of the plugin is the reason. */
  readonly error?: ReconcileError
}

/** One line of a plan. An item with a part to apply and a part that waits is two changes. */
export type Change =
  | Write
  | Hold
  | (ItemOf & { readonly verb: 'keep'; readonly generation: string })
  | (ItemOf & { readonly verb: 'orphan'; readonly state: unknown })
  | (ItemOf & { readonly verb: 'invalid'; readonly reason: InvalidReason; readonly why: string })
export type Verb = Change['verb']

/** A field the service carries and nobody declared. */
export interface Undeclared {
  readonly key: Key
  readonly path: string
  readonly value: Json
}

declare const planBrand: unique symbol
/** What one cycle would do. Only `plan()` makes one, and only a plan can be applied. */
export interface Plan {
  readonly [planBrand]: true
  readonly service: string
  readonly configDigest: string
  readonly scope: Scope
  /** `observe` plans and reports only. */
  readonly mode: 'enforce' | 'observe'
  readonly changes: readonly Change[]
  readonly undeclared: readonly Undeclared[]
  readonly warnings: readonly Problem[]
}

/**
 * What became of one change. `waiting`: tried and due later, begun and not finished, or written and not yet visible.
 */
export interface Outcome {
  readonly key: Key
  readonly kind: string
  readonly verb: Verb
  readonly result: 'done' | 'unchanged' | 'planned' | 'reported' | 'held' | 'waiting' | 'invalid' | 'failed'
  /** Null for what is done, unchanged or an orphan. */
  readonly reason: Reason | null
  /** The reason for people. */
  readonly why: string | null
  readonly error: ErrorRecord | null
  readonly fields: readonly FieldChange[]
  readonly durationMs: number
  /** When the item is due again, in ms since the epoch; null when nothing is scheduled. */
  readonly nextTryAt: number | null
  /** How often writing this declaration has failed; failures of the whole service do not count. */
  readonly attempts: number
  /** Set while somebody else writes the same field again and again, also while the item is in sync. */
  readonly contested: Contested | null
}

/** A field that was repaired again and again from values that are not ours. */
export interface Contested {
  /** How often in the last hour. */
  readonly times: number
  /** The field, the declared value, and what it was set to by somebody else. */
  readonly fields: readonly { readonly path: string; readonly ours: Json; readonly theirs: Json }[]
}

export type Counts = Readonly<Record<Verb, number>>

/**
 * `in-sync`: nothing to do. `changed`: everything to do was done. `drift`: differences are left on purpose. `degraded`:
 * something failed, is invalid or the configuration in force is not the newest. `blind`: could not look.
 */
export type Status = 'in-sync' | 'changed' | 'drift' | 'degraded' | 'blind'

/** All items as last seen: most passes look at some of them only. */
export interface Known {
  readonly outcomes: readonly Outcome[]
  readonly counts: Counts
  /** The worst of all outcomes and of the last pass. */
  readonly status: Status
}

/** What one pass saw and did; the worst status wins. */
export interface CycleReport {
  readonly runId: string
  readonly service: string
  readonly target: Target
  readonly scope: Scope
  /** Of this pass. */
  readonly status: Status
  readonly configDigest: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
  readonly counts: Counts
  readonly outcomes: readonly Outcome[]
  readonly undeclared: readonly Undeclared[]
  readonly warnings: readonly Problem[]
  /** Why the cycle was blind, or why the last good configuration is still in force. */
  readonly error: ErrorRecord | null
  readonly problems: readonly Problem[]
  readonly known: Known
}
