/**
 * The contract between the framework and a service plugin. Types only, but for the risks; nothing here runs.
 * @module
 */
import type { z } from 'zod'
import type { Environment } from './connect/environment.ts'
import type { ReconcileError } from './errors.ts'
import type { Json, Key, Position, Scope, Target } from './records.ts'
import type { Clock } from './time/clock.ts'

/** How much a change can hurt, mildest first: `unsupported` is never applied, whatever the policy says. */
export const risks = ['safe', 'disruptive', 'destructive', 'unsupported'] as const
export type Risk = (typeof risks)[number]

/** The reserved field `reconcile` of every item. */
export interface Control {
  /** Nothing is done to the item; its differences are still shown. */
  readonly paused: boolean
  /** Field paths that are not compared; a path covers everything below it. */
  readonly ignore: readonly string[]
  /** Undeclared fields are reset too; the policy's word where the item has none. */
  readonly exact: boolean
}

/** One declared item. */
export interface Desired<Spec> {
  readonly key: Key
  readonly name: string
  readonly spec: Spec
  /** SHA-256 of the normalised item: its generation. Formatting does not change it. */
  readonly digest: string
  readonly control: Control
  readonly at: Position
}

/** One field that differs. `null` means "not set". */
export interface FieldChange {
  /** In the file's own words, e.g. `config.retention.ms`. */
  readonly path: string
  readonly before: Json
  readonly after: Json
  readonly risk: Risk
  /** Why the risk is more than `safe`, for people. */
  readonly why?: string
}

/** An item the service showed us. */
export interface Found<State> {
  readonly state: State
  /** The owner written in the item's marker, where the kind can carry one. */
  readonly owner?: string
  /** Why the item can never be an orphan (made by the service itself, say). */
  readonly excluded?: string
}

/** An item the service would not show us, by name. */
export interface Refused {
  /** Why, for people. */
  readonly refused: string
  /** Set by the framework where what the plugin says of the item cannot be used. */
  readonly error?: ReconcileError
}

export type Sighting<State> = Found<State> | Refused

/** What the service holds of one kind. Complete: an item that is not in `items` does not exist. */
export interface Observed<State, Facts = undefined> {
  readonly items: ReadonlyMap<string, Sighting<State>>
  /** What `check` needs to know of the service beside the items: live brokers, known keys, versions. */
  readonly facts: Facts
}

/** A verdict on one item that needs no comparison of fields. */
export interface Remark {
  readonly name: string
  /** `invalid`: not changed, not an orphan. `hold`: waits for the world to change. `warn`: goes on. */
  readonly verdict: 'invalid' | 'hold' | 'warn'
  readonly code: string
  /** Steps inside the item, empty for the item itself. */
  readonly path: readonly string[]
  readonly message: string
}

/** What `check` may look at. */
export interface CheckContext<State, Facts> {
  /** Absent offline. */
  readonly observed?: Observed<State, Facts>
  /**
   * What the pass is about; absent offline. Remarks about other items are dropped: a kind with many items may leave them
   * out, and still sees all of them for rules between items.
   */
  readonly scope?: Scope
  /** Everything declared, by kind, for rules between kinds. */
  readonly declared: ReadonlyMap<string, readonly Desired<unknown>[]>
}

/** The pure half of a resource: known without a connection, enough for `validate` and `schema`. */
export interface Kind<Spec, State, Facts = undefined> {
  /** Singular, e.g. `topic`. */
  readonly kind: string
  /** `topics` reads topics.json, topics.yaml, topics.<layer>.json, topics.<layer>.yaml. */
  readonly file: string
  /** Set when the file describes one item (e.g. `default`) instead of a map of items. */
  readonly singleton?: string
  /** Schema of one item without `reconcile`; unknown fields must be refused. */
  readonly schema: z.ZodType<Spec>
  /**
   * Numbers reach `schema` as they are written: one that a double prints in another way (`1.0`, `1e3`,
   * `9007199254740993`) as a raw JSON value (`JSON.isRawJSON`), which `JSON.stringify` prints as it is. For bodies that
   * are passed on. Absent: by their value, as a bigint or as text where a double cannot hold it.
   */
  readonly numbersAsWritten?: boolean
  /**
   * Field names people write by mistake, at any depth of an item, with the name they mean: `{ replicas:
   * 'replication-factor' }`. Asked before the nearest name by letters, where the meant name is a field at that place; a
   * name with dots is a path from the item.
   */
  readonly usualMistakes?: Readonly<Record<string, string>>
  /** Glob patterns of other files of the mount this kind reads, e.g. `*.flow.json`. */
  readonly attachments?: readonly string[]
  /**
   * Completes a spec with files of the mount it names; the item's digest covers the result. Throws
   * CONFIG_INVALID when a file is missing or broken: that item is invalid, the others go on. Pure.
   */
  complete?(spec: Spec, files: ReadonlyMap<string, Uint8Array>): Spec
  /** Kinds whose items this kind's items need: a write waits for writes of these kinds, and for no other kind's. */
  readonly after?: readonly string[]
  /** Glob patterns of names never touched and never orphans, beside the policy's. */
  readonly protect?: readonly string[]
  /** How items are packed into one `create` or `update` call; absent: one item a call. */
  readonly batching?: {
    /** Most weight in one call. */
    readonly limit: number
    weigh(spec: Spec): number
  }
  /**
   * Declared fields that differ, normalised the way the server stores them; empty when in sync.
   * `state` is undefined for an item that does not exist: every declared field is then a change. Pure.
   */
  compare(spec: Spec, state: State | undefined): readonly FieldChange[]
  /** Fields the item carries and nobody declared, each as the change that would reset it. Pure. */
  undeclared?(spec: Spec, state: State): readonly FieldChange[]
  /** Rules over all declared items; without `observed` those that hold offline. Pure. */
  check?(desired: readonly Desired<Spec>[], context: CheckContext<State, Facts>): readonly Remark[]
  /** The declaration that would describe this state, for `export`; numbers may be raw JSON values. Pure. */
  describe?(state: State): Json
}

/**
 * One pass over a service, as its plugin sees it. Readings of one pass share it: what `once` has read for one kind, the
 * other kinds need not read again.
 */
export interface Cycle {
  /** The `runId` of the report. */
  readonly id: string
  readonly target: Target
  /**
   * `all`, or the keys this pass is about. A kind with `scoped` is then given the declared items among them only, and
   * reads these only; a kind without it is given, and reads, everything.
   */
  readonly scope: Scope
  /** Read every field, not only the declared ones, so that undeclared ones can be listed. */
  readonly full: boolean
  /** Read the fields of items nobody declared as well, for `export`. */
  readonly everything: boolean
  /** Aborts at the deadline of the pass. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Everything declared, by kind, whatever the scope. */
  readonly declared: ReadonlyMap<string, readonly Desired<unknown>[]>
  /**
   * What `read` gives, the same for every call with this name in this pass. A reading that failed is not kept.
   *
   * @example
   * const cluster = await cycle.once('metadata', () => admin.metadata('all', cycle.signal))
   */
  once<T>(name: string, read: () => Promise<T>): Promise<T>
}

/** One call that writes. It may outlive its pass, and ends by its own deadline. */
export interface WriteCall<Facts = undefined> {
  /** Of the pass that began it. */
  readonly id: string
  readonly target: Target
  /** Aborts at the deadline of the call. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** What the pass observed of the service beside its items. */
  readonly facts: Facts
}

/** One item to change: only `fields` may be written, what is held or ignored is not among them. */
export interface Update<Spec, State> {
  readonly desired: Desired<Spec>
  readonly state: State
  readonly fields: readonly FieldChange[]
}

/** An item nobody declared. */
export interface Orphan<State> {
  readonly key: Key
  readonly name: string
  readonly state: State
}

/**
 * What became of one item of a batch, as the service said. `waiting`: begun, and not finished within this call; the
 * service goes on by itself, and the next cycles see how far it is and take the next step. `why` says how far.
 */
export type ItemResult =
  | { readonly name: string; readonly result: 'done' | 'unchanged' }
  | { readonly name: string; readonly result: 'waiting'; readonly why: string }
  | { readonly name: string; readonly result: 'failed'; readonly error: ReconcileError }

/** What a service holds of one kind: Kafka topics, Elasticsearch aliases, NiFi parameter contexts. */
export interface Resource<Spec, State, Facts = undefined> extends Kind<Spec, State, Facts> {
  /** `observe` can read single items in a constant number of requests. Absent: the kind is read whole. */
  readonly scoped?: true
  /**
   * Reads everything needed to compare, in as few requests as the service allows. Never writes.
   * Throws when it cannot look or when the answer may be silently partial; an item refused by name is
   * observed as refused. Gives up within a second of `cycle.signal`. With `scoped` and a scope of keys it shows the items
   * of `desired` only, as a reading of everything would show them, in a number of requests that does not depend on how
   * many other items there are.
   */
  observe(desired: readonly Desired<Spec>[], cycle: Cycle): Promise<Observed<State, Facts>>
  /**
   * Creates items. Absent: this verb is not allowed. One bad item never fails its neighbours. Idempotent: an item that
   * is there already and equal is `unchanged`. Gives up within a second of `signal`.
   *
   * What the service says of an item is that item's result. No answer at all is thrown: a call that got no answer to
   * any of its requests throws why (UNREACHABLE, TIMEOUT, CERTIFICATE, AUTHENTICATION). A call of several requests of
   * which some were answered gives a result for every item; those without an answer are `failed` with that error.
   * `answerEach` does this.
   */
  create?(items: readonly Desired<Spec>[], call: WriteCall<Facts>): Promise<readonly ItemResult[]>
  /** Writes the named fields of items, with the promises of `create`. */
  update?(items: readonly Update<Spec, State>[], call: WriteCall<Facts>): Promise<readonly ItemResult[]>
  /** Removes orphans, with the promises of `create`. No verb of the framework calls it today. */
  remove?(items: readonly Orphan<State>[], call: WriteCall<Facts>): Promise<readonly ItemResult[]>
}

/** A resource whose types the framework does not know; methods make it assignable from any resource. */
export type AnyResource = Resource<unknown, unknown, unknown>
export type AnyKind = Kind<unknown, unknown, unknown>

/** A connected service. Opening one touches no network; the first call does. */
export interface Service {
  readonly name: string
  /** In the order they must be applied. */
  readonly resources: readonly AnyResource[]
  /** The id the service gives itself, to pin: a Kafka cluster id, an Elasticsearch cluster UUID. */
  identity(cycle: Cycle): Promise<string>
  close(): Promise<void>
}

/** What a folder under `reconcilers/` or a `--plugin` module exports as `plugin`. */
export interface Plugin {
  readonly name: string
  /** The kinds in the order they must be applied. */
  readonly kinds: readonly AnyKind[]
  /** Throws `VARIABLE_INVALID` naming variable, value and expectation. Touches no network. */
  open(environment: Environment): Service
}
