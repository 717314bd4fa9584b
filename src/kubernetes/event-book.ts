/**
 * Which events Kubernetes should have, and which of them are not written yet. A repeated event is counted, not added; events
 * over the rate limit are dropped, and the next one says how many. Pure but for the names it draws.
 * @module
 */
import { noteBytes, shorten, type EventDraft } from './event-drafts.ts'
import { TokenBucket, type BucketOptions } from './token-bucket.ts'

/** An event as it is to be written. */
export interface BookedEvent extends EventDraft {
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
  /** Most events kept in memory while none can be written. */
  readonly kept: number
  /** An event that was not repeated for this long is a new one when it happens again, in ms. */
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
  /** The count that was written; 0: the event was not. */
  writtenCount: number
  writtenAt: number
}

export class EventBook {
  readonly #options: EventBookOptions
  readonly #limits: EventLimits
  readonly #bucket: TokenBucket
  readonly #entries = new Map<string, Entry>()
  #dropped = 0

  constructor(options: EventBookOptions) {
    this.#options = options
    this.#limits = { ...eventLimits, ...options.limits }
    this.#bucket = new TokenBucket(this.#limits.bucket, options.now)
  }

  /** How many were dropped since an event said so. */
  get dropped(): number {
    return this.#dropped
  }

  add(draft: EventDraft, now: number): void {
    this.#forget(now)
    const key = [draft.type, draft.reason, draft.action, draft.note].join('\n')
    const entry = this.#entries.get(key)
    if (entry !== undefined) {
      entry.event = { ...entry.event, count: entry.event.count + 1, lastAt: now }
      return
    }
    const isFull = this.#entries.size >= this.#limits.kept
    if (isFull || !this.#bucket.take(now, draft.type === 'Warning' ? 0 : this.#limits.reserve)) {
      this.#dropped += 1
      return
    }
    const event = {
      ...draft,
      note: this.#note(draft.note),
      name: this.#options.nameNew(),
      count: 1,
      firstAt: now,
      lastAt: now
    }
    this.#entries.set(key, { event, writtenCount: 0, writtenAt: now })
  }

  /** The next to write: new ones first. `isLast`: counts are no longer postponed. */
  next(now: number, isLast = false): { readonly event: BookedEvent; readonly isNew: boolean } | undefined {
    const entries = [...this.#entries.values()]
    const fresh = entries.find(({ writtenCount }) => writtenCount === 0)
    if (fresh !== undefined) return { event: fresh.event, isNew: true }
    const repeated = entries.find((entry) => isRepeated(entry) && (isLast || this.#recountAt(entry) <= now))
    return repeated && { event: repeated.event, isNew: false }
  }

  /** In how many ms there is something to write; undefined: not before something happens. */
  dueIn(now: number): number | undefined {
    const due = [...this.#entries.values()].flatMap((entry) =>
      entry.writtenCount === 0 ? [now] : isRepeated(entry) ? [this.#recountAt(entry)] : []
    )
    return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - now)
  }

  /** It was written. */
  written({ name, count }: BookedEvent, now: number): void {
    const entry = this.#entryOf(name)
    if (entry === undefined) return
    entry.writtenCount = count
    entry.writtenAt = now
  }

  /** The API server no longer has it: it is written again, under another name. */
  lost({ name }: BookedEvent): void {
    const entry = this.#entryOf(name)
    if (entry === undefined) return
    entry.writtenCount = 0
    entry.event = { ...entry.event, name: this.#options.nameNew() }
  }

  /** The API server rejects it. */
  refused({ name }: BookedEvent): void {
    for (const [key, { event }] of this.#entries) if (event.name === name) this.#entries.delete(key)
    this.#dropped += 1
  }

  #note(text: string): string {
    if (this.#dropped === 0) return shorten(text, noteBytes)
    const suffix = ` (${this.#dropped} ${this.#dropped === 1 ? 'event' : 'events'} before it dropped)`
    this.#dropped = 0
    return shorten(text, noteBytes - Buffer.byteLength(suffix)) + suffix
  }

  #entryOf(name: string): Entry | undefined {
    return [...this.#entries.values()].find(({ event }) => event.name === name)
  }

  /** The first repetition is written at once. */
  #recountAt({ writtenCount, writtenAt }: Entry): number {
    return writtenCount === 1 ? writtenAt : writtenAt + this.#limits.recountMs
  }

  #forget(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.writtenCount === entry.event.count && now - entry.event.lastAt >= this.#limits.forgetMs)
        this.#entries.delete(key)
    }
  }
}

function isRepeated({ writtenCount, event }: Entry): boolean {
  return writtenCount > 0 && writtenCount < event.count
}
