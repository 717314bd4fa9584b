/**
 * Records what happens as Kubernetes events, in the background.
 * @module
 */
import { toReconcileError } from '../errors.ts'
import type { LogLine } from '../report/line.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { withinMs } from '../time/deadline.ts'
import { BackgroundTask } from './background-task.ts'
import { EventBook, type BookedEvent, type EventBookOptions } from './event-book.ts'
import { configurationDraft, cycleDraft, leadershipDraft, outcomeDraft, type EventDraft } from './event-drafts.ts'

/** Where events are kept. Every method gives up when `signal` aborts. */
export interface Events {
  /** Writes. Throws CONFLICT when there is one of that name. */
  create(event: BookedEvent, signal: AbortSignal): Promise<void>
  /** Writes how often it happened. Throws CONFLICT when no event of that name is left. */
  recount(event: BookedEvent, signal: AbortSignal): Promise<void>
}

export interface EventRecorderOptions extends Omit<EventBookOptions, 'now'> {
  readonly events: Events
  readonly clock: Clock
  readonly log: LogLine
  /** For what is not written yet at the end, in ms. @default 2000 */
  readonly flushMs?: number
}

/** Opens at once and touches no network. `close` writes what is left, within `flushMs`, and never throws. */
export function recordEvents({ events, clock, log, flushMs = 2_000, ...options }: EventRecorderOptions): {
  readonly observer: Observer
  close(): Promise<void>
} {
  const book = new EventBook({ ...options, now: clock.now() })
  const writeNext = async (signal: AbortSignal, isLast: boolean): Promise<boolean> => {
    const next = book.next(clock.now(), isLast)
    if (next !== undefined) await write(book, events, next, signal, clock)
    return next !== undefined
  }
  const task = new BackgroundTask({
    what: 'events cannot be written to the cluster',
    work: async (signal) => {
      await writeNext(signal, false)
      return book.dueIn(clock.now())
    },
    clock,
    log
  })
  const record = (draft: EventDraft | undefined): void => {
    if (draft === undefined) return
    book.add(draft, clock.now())
    task.wake()
  }
  const observer: Observer = {
    ...silentObserver,
    configuration: (event) => record(configurationDraft(event)),
    outcome: (_cycle, outcome) => record(outcomeDraft(outcome)),
    cycleFinished: (report) => record(cycleDraft(report)),
    leadership: (event) => record(leadershipDraft(event))
  }
  const flush = async (signal: AbortSignal): Promise<void> => {
    await task.close()
    while (!signal.aborted && (await writeNext(signal, true)));
  }
  const close = async (): Promise<void> => {
    await withinMs('Kubernetes', flushMs, clock, flush).catch(() => undefined)
    const { dropped } = book
    if (dropped > 0) log('info', `${dropped} Kubernetes ${dropped === 1 ? 'event' : 'events'} dropped (rate limit)`)
  }
  return { observer, close }
}

async function write(
  book: EventBook,
  events: Events,
  { event, isNew }: { readonly event: BookedEvent; readonly isNew: boolean },
  signal: AbortSignal,
  clock: Clock
): Promise<void> {
  try {
    await (isNew ? events.create(event, signal) : events.recount(event, signal))
    book.written(event, clock.now())
  } catch (error) {
    const reason = toReconcileError(error)
    // The answer to an earlier attempt was lost, which may have counted fewer; or the cluster keeps events for an hour only.
    if (reason.code === 'CONFLICT') return isNew ? book.written({ ...event, count: 1 }, clock.now()) : book.lost(event)
    if (reason.code === 'REJECTED') book.refused(event)
    throw reason
  }
}
