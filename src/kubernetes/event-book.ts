/**
 * Which events the cluster should know, and which of them it does not know yet. The same one again is counted, not added;
 * too many are left out, and the next one says how many. Pure but for the names it draws.
 * @module
 */
import { noteBytes, shorten, type Happening } from './happenings.ts'
import { TokenBucket, type BucketOptions } from './token-bucket.ts'

/** An event as it is to be written. */
export interface BookedEvent extends Happening {
  readonly name: string
  /** How often it happened. */
  readonly count: number
  /** ms since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
}

export interface EventBookOptions {
  readonly now: number
  /** A name nobody else uses. */
  readonly nameNew: () => string
  readonly limits?: Partial<EventLimits>
}

export interface EventLimits {
  readonly bucket: BucketOptions
  /** Tokens that only warnings may take. */
  readonly reserve: number
  /** Most events kept in memory while the cluster cannot be told. */
  readonly kept: number
  /** What does not happen again for so long is a new event when it does, in ms. */
  readonly forgetMs: number
  /** The count of one event is written at most this often, in ms. */
  readonly recountMs: number
}

/**
 * `bucket` is that of client-go for the events of one source about one object (EventSourceObjectSpamFilter: 25, then one
 * every 5 minutes), `forgetMs` that of its events broadcaster (finishTime).
 */
export const eventLimits: EventLimits = {
  bucket: { burst: 25, refillMs: 300_000 },
  reserve: 5,
  kept: 100,
  forgetMs: 360_000,
  recountMs: 60_000
}

interface Entry {
  event: BookedEvent
  /** The count the cluster knows; 0: it does not know the event. */
  known: number
  writtenAt: number
}

export class EventBook {
  readonly #options: EventBookOptions
  readonly #limits: EventLimits
  readonly #bucket: TokenBucket
  readonly #entries = new Map<string, Entry>()
  #leftOut = 0

  constructor(options: EventBookOptions) {
    this.#options = options
    this.#limits = { ...eventLimits, ...options.limits }
    this.#bucket = new TokenBucket(this.#limits.bucket, options.now)
  }

  /** How many were left out and not told of yet. */
  get leftOut(): number {
    return this.#leftOut
  }

  add(happening: Happening, now: number): void {
    this.#forget(now)
    const key = [happening.type, happening.reason, happening.action, happening.note].join('\n')
    const entry = this.#entries.get(key)
    if (entry !== undefined) {
      entry.event = { ...entry.event, count: entry.event.count + 1, lastAt: now }
      return
    }
    const isFull = this.#entries.size >= this.#limits.kept
    if (isFull || !this.#bucket.take(now, happening.type === 'Warning' ? 0 : this.#limits.reserve)) {
      this.#leftOut += 1
      return
    }
    const event = {
      ...happening,
      note: this.#note(happening.note),
      name: this.#options.nameNew(),
      count: 1,
      firstAt: now,
      lastAt: now
    }
    this.#entries.set(key, { event, known: 0, writtenAt: now })
  }

  /** The next to write: new ones first. `isLast`: counts are not put off any more. */
  next(now: number, isLast = false): { readonly event: BookedEvent; readonly isNew: boolean } | undefined {
    const entries = [...this.#entries.values()]
    const fresh = entries.find(({ known }) => known === 0)
    if (fresh !== undefined) return { event: fresh.event, isNew: true }
    const repeated = entries.find((entry) => isRepeated(entry) && (isLast || this.#recountAt(entry) <= now))
    return repeated && { event: repeated.event, isNew: false }
  }

  /** In how many ms something is to be written; undefined: not before something happens. */
  dueIn(now: number): number | undefined {
    const due = [...this.#entries.values()].flatMap((entry) =>
      entry.known === 0 ? [now] : isRepeated(entry) ? [this.#recountAt(entry)] : []
    )
    return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - now)
  }

  /** The cluster knows it now. */
  written({ name, count }: BookedEvent, now: number): void {
    const entry = this.#entryOf(name)
    if (entry === undefined) return
    entry.known = count
    entry.writtenAt = now
  }

  /** The cluster has forgotten it: it is written anew, under another name. */
  lost({ name }: BookedEvent): void {
    const entry = this.#entryOf(name)
    if (entry === undefined) return
    entry.known = 0
    entry.event = { ...entry.event, name: this.#options.nameNew() }
  }

  /** The cluster will not have it. */
  refused({ name }: BookedEvent): void {
    for (const [key, { event }] of this.#entries) if (event.name === name) this.#entries.delete(key)
    this.#leftOut += 1
  }

  #note(text: string): string {
    if (this.#leftOut === 0) return shorten(text, noteBytes)
    const suffix = ` (${this.#leftOut} ${this.#leftOut === 1 ? 'event' : 'events'} before it left out)`
    this.#leftOut = 0
    return shorten(text, noteBytes - Buffer.byteLength(suffix)) + suffix
  }

  #entryOf(name: string): Entry | undefined {
    return [...this.#entries.values()].find(({ event }) => event.name === name)
  }

  /** The first repetition is written at once. */
  #recountAt({ known, writtenAt }: Entry): number {
    return known === 1 ? writtenAt : writtenAt + this.#limits.recountMs
  }

  #forget(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.known === entry.event.count && now - entry.event.lastAt >= this.#limits.forgetMs)
        this.#entries.delete(key)
    }
  }
}

function isRepeated({ known, event }: Entry): boolean {
  return known > 0 && known < event.count
}
