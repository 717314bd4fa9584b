import assert from 'node:assert/strict'
import type { BookedEvent } from '../../src/kubernetes/event-book.ts'
import { recordEvents, type Events } from '../../src/kubernetes/event-recorder.ts'
import { ReconcileError, type ErrorCode } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'

/** Events as a server keeps them. */
class MemoryEvents implements Events {
  readonly kept = new Map<string, BookedEvent>()
  /** What every call ends with; `lost`: it is carried out, and nothing is answered. */
  trouble: ErrorCode | 'lost' | 'frozen' | undefined
  calls = 0

  create(event: BookedEvent, signal: AbortSignal): Promise<void> {
    return this.#call(signal, () => {
      if (this.kept.has(event.name)) throw new ReconcileError('CONFLICT', 'there is one')
      this.kept.set(event.name, event)
    })
  }

  recount(event: BookedEvent, signal: AbortSignal): Promise<void> {
    return this.#call(signal, () => {
      if (!this.kept.has(event.name)) throw new ReconcileError('CONFLICT', 'there is none')
      this.kept.set(event.name, event)
    })
  }

  get told(): readonly string[] {
    return [...this.kept.values()].map(({ note, count }) => `${note} ${count}`)
  }

  async #call(signal: AbortSignal, work: () => void): Promise<void> {
    this.calls += 1
    if (this.trouble === 'frozen')
      await new Promise((_resolve, reject) => signal.addEventListener('abort', reject, { once: true }))
    if (this.trouble !== undefined && this.trouble !== 'lost' && this.trouble !== 'frozen')
      throw new ReconcileError(this.trouble, 'events is forbidden')
    work()
    if (this.trouble === 'lost') throw new ReconcileError('TIMEOUT', 'no answer')
  }
}

describe('the recorder of events', () => {
  let clock: ManualClock
  let events: MemoryEvents
  let log: string[]
  let recorder: ReturnType<typeof recordEvents>
  let isClosed = false

  beforeEach(() => {
    clock = new ManualClock()
    events = new MemoryEvents()
    log = []
    isClosed = false
    let names = 0
    recorder = recordEvents({
      events,
      clock,
      nameNew: () => `event-${(names += 1)}`,
      log: (level, message) => void log.push(`${level} ${message}`)
    })
  })

  afterEach(() => (isClosed ? undefined : close()))

  const lose = (why: string): void => recorder.observer.leadership({ event: 'lost', why })
  async function close(): Promise<number> {
    isClosed = true
    const since = clock.now()
    const ended: { at?: number } = {}
    const closing = recorder.close().then(() => (ended.at = clock.now()))
    for (let turn = 0; turn < 100 && ended.at === undefined; turn += 1) await clock.advance(100)
    await closing
    return (ended.at ?? 0) - since
  }

  it('tells what happens, and how often', async () => {
    lose('a')
    await clock.advance(0)
    lose('a')
    lose('b')
    await clock.advance(0)
    assert.deepEqual(events.told, ['lost leadership: a 2', 'lost leadership: b 1'])
  })

  it('asks nothing while nothing happens', async () => {
    await clock.advance(10 * 3_600_000)
    assert.equal(events.calls, 0)
  })

  it('tries again while the cluster is away, and tells each event once', async () => {
    events.trouble = 'UNREACHABLE'
    lose('a')
    await clock.advance(30_000)
    lose('b')
    events.trouble = undefined
    await clock.advance(60_000)
    assert.deepEqual(events.told, ['lost leadership: a 1', 'lost leadership: b 1'])
    assert.deepEqual(
      log.map((line) => line.slice(0, 50)),
      ['warn events cannot be written to the cluster: even', 'info events cannot be written to the cluster: work']
    )
  })

  it('makes no second event of one whose answer was lost', async () => {
    events.trouble = 'lost'
    lose('a')
    await clock.advance(0)
    lose('a')
    events.trouble = undefined
    await clock.advance(60_000)
    assert.deepEqual(events.told, ['lost leadership: a 2'])
  })

  it('says once which right is missing, and asks again every minute or so', async () => {
    events.trouble = 'NOT_PERMITTED'
    for (let turn = 0; turn < 15; turn += 1) {
      lose(String(turn))
      await clock.advance(60_000)
    }
    assert.ok(events.calls >= 15 && events.calls <= 45, String(events.calls))
    assert.deepEqual(log, [
      'warn events cannot be written to the cluster: events is forbidden (NOT_PERMITTED); retrying, reconciliation is not affected'
    ])
  })

  it('gives up an event that is refused, and continues with the next', async () => {
    events.trouble = 'REJECTED'
    lose('a')
    await clock.advance(0)
    events.trouble = undefined
    lose('b')
    await clock.advance(60_000)
    assert.deepEqual(events.told, ['lost leadership: b (1 event before it dropped) 1'])
  })

  it('writes what is left at the end', async () => {
    lose('a')
    assert.ok((await close()) <= 100)
    assert.deepEqual(events.told, ['lost leadership: a 1'])
  })

  it('ends within two seconds whatever the cluster does, and says what was left out', async () => {
    events.trouble = 'frozen'
    for (let index = 0; index < 30; index += 1) lose(String(index))
    await clock.advance(0)
    assert.ok((await close()) <= 2_000)
    assert.equal(log.at(-1), 'info 5 Kubernetes events dropped (rate limit)')
  })
})
