/**
 * What is known of one configuration key: its type, what a change of it can do, and where that is written.
 * @module
 */
import type { ValueType } from '../types.ts'

/** What a change is looked at for: a number that moves, a value that comes, an entry of a list that comes or goes. */
export type Move = 'falls' | 'halves' | 'rises' | `becomes ${string}` | `gains ${string}` | `loses ${string}`

/** A way in which a change can hurt. `halves`: falls to less than half, so that a small correction is none. */
export interface Effect {
  readonly on: Move
  readonly risk: 'disruptive' | 'destructive'
  /** What it does, for people. */
  readonly why: string
}

/** A key of a broker's own file and its unit in ms. */
export interface Coarser {
  readonly key: string
  readonly ms: number
}

export interface KeyRow {
  readonly type: ValueType
  /** What the key is for; why a change is safe, where it has no effects. */
  readonly does: string
  /** None: nobody notices a change. */
  readonly effects: readonly Effect[]
  /** Who says so beside Kafka's documentation of the key: `KIP-405`, `apache/kafka#20334`. */
  readonly source?: string
  /**
   * The key counts only where the topic deletes by age and size, compacts, or is tiered. Where it does not count it
   * limits nothing.
   */
  readonly where?: 'delete' | 'compact' | 'tiered'
  /** -2 means what this key says. */
  readonly follows?: string
  /** The broker's key that a topic inherits. */
  readonly broker?: string
  /** Keys that decide where neither the key nor `broker` is set, the first one first; no synonyms show them. */
  readonly coarser?: readonly Coarser[]
  /** Kafka's own default where no key of a broker stands behind. */
  readonly default?: string
  /** Why the key is never written. What is in effect is all that counts then. */
  readonly never?: string
  /** Brokers take it for one listener, too: `listener.name.<listener>.<key>`. */
  readonly perListener?: true
}

/** Key → row. */
export type KeyTable = ReadonlyMap<string, KeyRow>

/** The keys of one kind of resource, and which of them decide where others count. */
export interface KeyScope {
  readonly rows: KeyTable
  /** Says whether records are deleted or compacted. */
  readonly cleanup: string
  /** Says whether segments move to remote storage; undefined where every topic says it for itself. */
  readonly tiering: string | undefined
}

/** A key without effects. */
export function harmless(type: ValueType, does: string, more: Partial<KeyRow> = {}): KeyRow {
  return { type, does, effects: [], ...more }
}

/** A key with one effect or more. */
export function hurts(type: ValueType, does: string, effects: readonly Effect[], more: Partial<KeyRow> = {}): KeyRow {
  return { type, does, effects, ...more }
}

export function disrupts(on: Move, why: string): Effect {
  return { on, risk: 'disruptive', why }
}

export function destroys(on: Move, why: string): Effect {
  return { on, risk: 'destructive', why }
}

const listenerPrefix = /^listener\.name\.[^.]+\./

/** The row of a key; undefined for one that no table has. A key of one listener has the row of the key itself. */
export function rowOf(rows: KeyTable, key: string): KeyRow | undefined {
  const base = rows.get(key.replace(listenerPrefix, ''))
  return rows.get(key) ?? (base?.perListener === true || base?.never !== undefined ? base : undefined)
}
