import assert from 'node:assert/strict'
import fc from 'fast-check'
import { EventBook, eventLimits, type EventLimits } from '../../src/kubernetes/event-book.ts'
import { noteBytes, type EventDraft } from '../../src/kubernetes/event-drafts.ts'

const draft = (note: string, type: EventDraft['type'] = 'Warning'): EventDraft => ({
  type,
  reason: 'Held',
  action: 'Compare',
  note
})

function open(limits: Partial<EventLimits> = {}): EventBook {
  let names = 0
  return new EventBook({ now: 0, nameNew: () => `event-${(names += 1)}`, limits })
}

/** Writes everything that is due, and says how. */
function writeAll(book: EventBook, now: number, isLast = false): readonly string[] {
  const done: string[] = []
  for (let next = book.next(now, isLast); next !== undefined; next = book.next(now, isLast)) {
    book.written(next.event, now)
    done.push(`${next.isNew ? 'new' : 'again'} ${next.event.note} ${next.event.count}`)
  }
  return done
}

describe('the book of events', () => {
  it('writes an event once', () => {
    const book = open()
    book.add(draft('a'), 0)
    assert.deepEqual(writeAll(book, 0), ['new a 1'])
    assert.equal(book.dueIn(0), undefined)
  })

  it('counts the same one again instead of adding one: the first repetition at once, then one count a minute', () => {
    const book = open()
    book.add(draft('a'), 0)
    writeAll(book, 0)
    book.add(draft('a'), 1_000)
    assert.deepEqual(writeAll(book, 1_000), ['again a 2'])
    for (let second = 2; second <= 30; second += 1) book.add(draft('a'), second * 1_000)
    assert.deepEqual(writeAll(book, 30_000), [])
    assert.equal(book.dueIn(30_000), 31_000)
    assert.deepEqual(writeAll(book, 61_000), ['again a 31'])
  })

  it('writes what happened several times before it could be written as one event with its count', () => {
    const book = open()
    for (const at of [1, 2, 3]) book.add(draft('a'), at)
    const next = book.next(10)
    assert.deepEqual([next?.isNew, next?.event.count, next?.event.firstAt, next?.event.lastAt], [true, 3, 1, 3])
  })

  it('counts on what happened while it was being written', () => {
    const book = open()
    book.add(draft('a'), 0)
    const next = book.next(0) ?? assert.fail()
    book.add(draft('a'), 1)
    book.written(next.event, 2)
    assert.deepEqual(writeAll(book, 2), ['again a 2'])
  })

  it('begins a new event when the last one is six minutes ago', () => {
    const book = open()
    book.add(draft('a'), 0)
    writeAll(book, 0)
    book.add(draft('a'), 360_000)
    assert.deepEqual(writeAll(book, 360_000), ['new a 1'])
  })

  it('leaves out more than 25 at once, says so in the next one, and lets one more go every five minutes', () => {
    const book = open()
    for (let index = 0; index < 40; index += 1) book.add(draft(`${index}`), 0)
    assert.equal(writeAll(book, 0).length, 25)
    assert.equal(book.dropped, 15)
    book.add(draft('next'), 299_000)
    book.add(draft('later'), 300_000)
    assert.deepEqual(writeAll(book, 300_000), ['new later (16 events before it dropped) 1'])
    assert.equal(book.dropped, 0)
  })

  it('keeps five of them for warnings', () => {
    const book = open()
    for (let index = 0; index < 40; index += 1) book.add(draft(`${index}`, 'Normal'), 0)
    assert.equal(writeAll(book, 0).length, 20)
    book.add(draft('bad'), 0)
    assert.deepEqual(writeAll(book, 0), ['new bad (20 events before it dropped) 1'])
  })

  it('keeps a hundred while the cluster is away', () => {
    const book = open({ bucket: { burst: 1_000, refillMs: 1 } })
    for (let index = 0; index < 200; index += 1) book.add(draft(`${index}`), 0)
    assert.equal(writeAll(book, 0).length, 100)
  })

  it('writes one again that the cluster has forgotten, under another name', () => {
    const book = open()
    book.add(draft('a'), 0)
    writeAll(book, 0)
    book.add(draft('a'), 1)
    const again = book.next(1) ?? assert.fail()
    book.lost(again.event)
    const anew = book.next(1) ?? assert.fail()
    assert.deepEqual([anew.isNew, anew.event.count, anew.event.name], [true, 2, 'event-2'])
  })

  it('gives up one that the cluster refuses, and counts it', () => {
    const book = open()
    book.add(draft('a'), 0)
    book.refused((book.next(0) ?? assert.fail()).event)
    assert.deepEqual([book.next(0), book.dropped], [undefined, 1])
  })

  it('writes counts at the end without waiting', () => {
    const book = open()
    book.add(draft('a'), 0)
    writeAll(book, 0)
    book.add(draft('a'), 1)
    writeAll(book, 1)
    book.add(draft('a'), 2)
    assert.deepEqual([writeAll(book, 2), writeAll(book, 2, true)], [[], ['again a 3']])
  })

  const step = fc.oneof(
    fc.record({
      does: fc.constant('add' as const),
      note: fc.constantFrom('a', 'b', 'c', 'ä'.repeat(1_000)),
      isWarning: fc.boolean()
    }),
    fc.record({ does: fc.constantFrom('write' as const, 'lose' as const) }),
    fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400_000 }) })
  )

  it('loses nothing, whatever happens: told, waiting and left out are all there were; notes fit, and no name is used twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const book = open({ bucket: { burst: 3, refillMs: 60_000 }, reserve: 1, kept: 3 })
        const known = new Map<string, number>()
        let [now, added, said] = [0, 0, 0]
        const write = (isLast = false): boolean => {
          const next = book.next(now, isLast)
          if (next === undefined) return false
          const { event, isNew } = next
          assert.ok(Buffer.byteLength(event.note) <= noteBytes)
          assert.equal(known.has(event.name), !isNew)
          if (isNew) said += Number(/\((\d+) events? before it dropped\)$/.exec(event.note)?.[1] ?? 0)
          known.set(event.name, event.count)
          book.written(event, now)
          return true
        }
        for (const taken of steps) {
          if (taken.does === 'add') {
            book.add(draft(taken.note, taken.isWarning ? 'Warning' : 'Normal'), now)
            added += 1
          } else if (taken.does === 'wait') now += taken.ms
          else if (taken.does === 'write') write()
          else {
            const next = book.next(now)
            if (next?.isNew === false) {
              known.delete(next.event.name)
              book.lost(next.event)
            }
          }
        }
        while (write(true));
        const told = [...known.values()].reduce((sum, count) => sum + count, 0)
        assert.ok(told + said + book.dropped >= added)
      })
    )
  })

  it('has the limits of client-go', () => {
    assert.deepEqual([eventLimits.bucket, eventLimits.forgetMs], [{ burst: 25, refillMs: 300_000 }, 360_000])
  })
})
