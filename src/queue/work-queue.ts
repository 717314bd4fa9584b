/**
 * Which keys are to be looked at, and when. Pure but for its clock: what is due, in which class and since when depends
 * on nothing but what was added.
 *
 * A key is queued, or started, or neither. Only a started key can be done or requeued, and only the queue starts one, so
 * that no key is in two passes at once.
 * @module
 */
import type { Key } from '../records.ts'
import type { Clock } from '../time/clock.ts'

/** What comes first: a change somebody waits for, then the look at everything, then what has failed before. */
export const queueClasses = ['fresh', 'drift', 'retry'] as const
export type QueueClass = (typeof queueClasses)[number]

/** A key of one item, or `*` for everything. */
export type QueueKey = Key | '*'

/** When to look at a key, and as what. */
export interface Due {
  readonly class: QueueClass
  /** ms since the epoch. */
  readonly dueAt: number
}

interface Queued extends Due {
  readonly since: number
  /** When it was added last. */
  readonly addedAt: number
}

/** A key in the hands of one pass. It stays started until one of its methods is called, which may be done once. */
export interface StartedKey {
  readonly key: QueueKey
  readonly class: QueueClass
  /** When the key was added first, in ms since the epoch. */
  readonly since: number
  /** Nothing is left to do; what was added meanwhile is queued. */
  done(): void
  /** To be looked at again; the earlier time and the higher class of this and of what was added meanwhile hold. */
  requeue(due: Due): void
}

/** A queue of keys. `queueConformance` of `infometis-reconcilers/testing` says what each promises. */
export interface Queue {
  /**
   * Adds a key. Of a key that waits already the higher class and the earlier time hold; one that is started is looked
   * at once more when it is done.
   */
  add(key: QueueKey, due: Due): void
  /** Starts every key that is due, in order: class, then longest waiting, then by name. */
  takeDue(): readonly StartedKey[]
  /** Starts one key, whether it is queued or not. Throws for one that is started: that would be two passes on it. */
  start(key: QueueKey): StartedKey
  /** Whether a pass, or a call that outlives its pass, has this key. */
  isStarted(key: QueueKey): boolean
  /** Somebody else has looked at a key, at `at`, in ms since the epoch: drops it unless it was added later. */
  seen(key: QueueKey, at: number): void
  /** When the next key is due, in ms since the epoch; Infinity where none waits. */
  readonly nextDueAt: number
  /** How many keys wait, and for how long the one that is due and waits longest. */
  pending(): Pending
}

export interface Pending {
  readonly counts: Readonly<Record<QueueClass, number>>
  readonly oldestMs: number
}

/** In memory. */
export class WorkQueue implements Queue {
  readonly #clock: Pick<Clock, 'now'>
  readonly #queued = new Map<QueueKey, Queued>()
  /** Started keys, each with what was added for it meanwhile. */
  readonly #started = new Map<QueueKey, Queued | undefined>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  add(key: QueueKey, due: Due): void {
    if (this.#started.has(key)) this.#started.set(key, merged(this.#started.get(key), due, this.#clock.now()))
    else this.#queued.set(key, merged(this.#queued.get(key), due, this.#clock.now()))
  }

  takeDue(): readonly StartedKey[] {
    const now = this.#clock.now()
    return [...this.#queued]
      .filter(([, { dueAt }]) => dueAt <= now)
      .toSorted(byOrder)
      .map(([key]) => this.start(key))
  }

  start(key: QueueKey): StartedKey {
    if (this.#started.has(key)) throw new Error(`${key} is started already`)
    const { class: own, since } = this.#queued.get(key) ?? { class: 'fresh', since: this.#clock.now() }
    this.#queued.delete(key)
    this.#started.set(key, undefined)
    const end = (due: Due | undefined): void => {
      if (!this.#started.has(key)) throw new Error(`${key} is not started`)
      const meanwhile = this.#started.get(key)
      this.#started.delete(key)
      if (due !== undefined) this.#queued.set(key, { ...due, since, addedAt: this.#clock.now() })
      if (meanwhile !== undefined) this.add(key, meanwhile)
    }
    return { key, class: own, since, done: () => end(undefined), requeue: end }
  }

  isStarted(key: QueueKey): boolean {
    return this.#started.has(key)
  }

  seen(key: QueueKey, at: number): void {
    const queued = this.#queued.get(key)
    if (queued !== undefined && queued.addedAt < at) this.#queued.delete(key)
  }

  get nextDueAt(): number {
    let next = Infinity
    for (const { dueAt } of this.#queued.values()) next = Math.min(next, dueAt)
    return next
  }

  pending(): Pending {
    const now = this.#clock.now()
    const counts = { fresh: 0, drift: 0, retry: 0 }
    let oldestMs = 0
    for (const queued of this.#queued.values()) {
      counts[queued.class] += 1
      if (queued.dueAt <= now) oldestMs = Math.max(oldestMs, now - queued.since)
    }
    return { counts, oldestMs }
  }
}

function merged(known: Queued | undefined, due: Due, now: number): Queued {
  if (known === undefined) return { ...due, since: now, addedAt: now }
  const higher = rank(due.class) < rank(known.class) ? due.class : known.class
  return { class: higher, dueAt: Math.min(due.dueAt, known.dueAt), since: known.since, addedAt: now }
}

function byOrder([keyA, a]: [QueueKey, Queued], [keyB, b]: [QueueKey, Queued]): number {
  return rank(a.class) - rank(b.class) || a.since - b.since || (keyA < keyB ? -1 : 1)
}

function rank(of: QueueClass): number {
  return queueClasses.indexOf(of)
}
