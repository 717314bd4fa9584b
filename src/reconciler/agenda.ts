/**
 * What is to be looked at, by the work queue: what a configuration changed, what a pass left, what an answer brings.
 * @module
 */
import type { InFlight } from '../apply/in-flight.ts'
import type { CycleReport, Outcome, Write } from '../line.ts'
import { changedKeys } from '../parse/changed.ts'
import type { DesiredState } from '../parse/desired.ts'
import { dueAfter } from '../queue/due.ts'
import type { Ledger } from '../queue/ledger.ts'
import type { Urgency } from '../queue/order.ts'
import {
  WorkQueue,
  type Due,
  type Pending,
  type Queue,
  type QueueClass,
  type QueueKey,
  type StartedKey
} from '../queue/work-queue.ts'
import type { Key, Scope } from '../records.ts'
import type { Clock } from '../time/clock.ts'

/** More keys than this are read as a whole: a listing is cheaper than as many names. */
const mostScopedKeys = 100

export interface AgendaOptions {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly inFlight: InFlight
}

/** Keys that one pass has taken. */
export type Taken = ReadonlyMap<QueueKey, StartedKey>

/** What became of each key that was to be tried again. */
export interface Requeued {
  readonly requeued: readonly Key[]
  /** Not declared. */
  readonly unknown: readonly Key[]
  /** Nothing of them has failed. */
  readonly notDead: readonly Key[]
}

export class Agenda {
  readonly #options: AgendaOptions
  readonly #queue: Queue
  /** Keys in the hands of a call that has outlived its pass. */
  readonly #flying = new Map<Key, StartedKey>()
  /** Keys that were not begun because of a call in flight. */
  readonly #blocked = new Set<Key>()
  #declared: DesiredState | undefined
  /** The last pass was left before it came to its drift and retries. */
  #wasPassedOver = false

  constructor(options: AgendaOptions) {
    this.#options = options
    this.#queue = new WorkQueue(options.clock)
  }

  /** When a pass is due, in ms since the epoch. */
  get nextDueAt(): number {
    return this.#queue.nextDueAt
  }

  pending(): Pending {
    return this.#queue.pending()
  }

  /** Everything is to be looked at; at once where no other time is given. */
  everything(due: Due = this.#fresh()): void {
    this.#queue.add('*', due)
  }

  /** What is declared from now on; undefined where the configuration cannot be used: that is said of everything. */
  declare(desired: DesiredState | undefined): void {
    const changed = desired === undefined ? 'all' : changedKeys(this.#declared, desired)
    this.#declared = desired ?? this.#declared
    if (changed === 'all') this.everything()
    else for (const key of changed) this.#queue.add(key, this.#fresh())
  }

  /** Starts all that is due. */
  take(): Taken {
    return new Map(this.#queue.takeDue().map((started) => [started.key, started]))
  }

  /** What a pass over these keys looks at. */
  scopeOf(taken: Taken): Scope {
    if (taken.has('*') || taken.size > mostScopedKeys) return 'all'
    return new Set([...taken.keys()].filter((key): key is Key => key !== '*'))
  }

  /** How urgent the writes of a pass over these keys are, which began at `startedAt`, in ms since the epoch. */
  urgencyOf(taken: Taken, startedAt: number): Urgency {
    const { ledger, inFlight } = this.#options
    const everything = taken.get('*')
    const classOf = (change: Write): QueueClass => {
      const own = taken.get(change.key)?.class
      if (own === 'fresh') return own
      return ledger.attempts(change) > 0 ? 'retry' : (own ?? everything?.class ?? 'fresh')
    }
    const sinceOf = ({ key }: Write): number => taken.get(key)?.since ?? everything?.since ?? 0
    const knownSince = ({ key }: Write): number => {
      const own = taken.get(key)
      return own?.class === 'fresh' ? own.since : startedAt
    }
    return { classOf, sinceOf, knownSince, ahead: this.#wasPassedOver ? Math.max(1, inFlight.slots - 1) : 0 }
  }

  /** A pass has looked: every key comes back when it is due again. */
  settle({ outcomes, startedAt }: Pick<CycleReport, 'outcomes' | 'startedAt'>, taken: Taken): void {
    const now = this.#options.clock.now()
    const everything = taken.get('*')
    const byKey = Map.groupBy(outcomes, ({ key }) => key)
    for (const [key, own] of byKey) {
      const started = taken.get(key)
      const left = started?.class ?? everything?.class ?? 'fresh'
      if (own.some(isInFlight)) this.#fly(key, started)
      else this.#comeBack(key, started, this.#isBlocked(key, own) ? undefined : dueAfter(own, left, now))
      // What was to be looked at again was seen in this pass over everything.
      if (own.every(isKept)) this.#queue.seen(key, startedAt)
    }
    for (const [key, started] of taken) if (key === '*' || !byKey.has(key)) started.done()
    this.#wasPassedOver = everything?.class !== 'fresh' && outcomes.some(isSuperseded)
  }

  /** A pass could not look: all of its keys come back at `dueAt`. */
  settleBlind(taken: Taken, dueAt: number): void {
    for (const started of taken.values()) started.requeue({ class: started.class, dueAt })
  }

  /** A call that has outlived its pass was answered. */
  late(outcome: Outcome): void {
    const started = this.#flying.get(outcome.key)
    this.#flying.delete(outcome.key)
    this.#comeBack(outcome.key, started, dueAfter([outcome], 'fresh', this.#options.clock.now()))
    for (const key of this.#blocked) this.#queue.add(key, this.#fresh())
    this.#blocked.clear()
  }

  /** Forgets what failed for these items, or for all, and makes them due at once. */
  requeue(keys: readonly Key[] | 'all'): Requeued {
    const { ledger } = this.#options
    const declared = new Set((this.#declared?.kinds ?? []).flatMap(({ items }) => items.map(({ key }) => key)))
    const asked = keys === 'all' ? [...declared].filter((key) => ledger.has(key)) : [...new Set(keys)]
    const known = asked.filter((key) => declared.has(key))
    const requeued = known.filter((key) => ledger.has(key))
    for (const key of requeued) {
      ledger.forget(key)
      this.#queue.add(key, this.#fresh())
    }
    return {
      requeued,
      unknown: asked.filter((key) => !declared.has(key)),
      notDead: known.filter((key) => !requeued.includes(key))
    }
  }

  /** Keeps the key of a call that outlives its pass. */
  #fly(key: Key, started: StartedKey | undefined): void {
    // Answered since the pass has ended: what that brings is queued already.
    if (!this.#options.inFlight.has(key)) started?.done()
    else if (started !== undefined) this.#flying.set(key, started)
    else if (!this.#queue.isStarted(key)) this.#flying.set(key, this.#queue.start(key))
  }

  /** Notes an item that waits for the call of another one: it comes back when a call is answered. */
  #isBlocked(key: Key, outcomes: readonly Outcome[]): boolean {
    const isBlocked = outcomes.some(({ reason }) => reason === 'dependency' || reason === 'no-slot')
    if (isBlocked) this.#blocked.add(key)
    return isBlocked
  }

  #comeBack(key: Key, started: StartedKey | undefined, due: Due | undefined): void {
    if (started === undefined && due !== undefined) this.#queue.add(key, due)
    if (started !== undefined && due !== undefined) started.requeue(due)
    if (started !== undefined && due === undefined) started.done()
  }

  #fresh(): Due {
    return { class: 'fresh', dueAt: this.#options.clock.now() }
  }
}

function isKept({ verb }: Outcome): boolean {
  return verb === 'keep'
}

function isInFlight({ reason }: Outcome): boolean {
  return reason === 'in-flight'
}

function isSuperseded({ reason }: Outcome): boolean {
  return reason === 'newer-configuration'
}
