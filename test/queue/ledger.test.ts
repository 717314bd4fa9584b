import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Write } from '../../src/line.ts'
import { ReconcileError } from '../../src/errors.ts'
import { defaultLedgerOptions, Ledger, type LedgerOptions, type Turn } from '../../src/queue/ledger.ts'
import { isWrite, planFor, worldOf, type Fields } from '../plan/model.ts'

const ledger = (options: Partial<LedgerOptions> = {}): Ledger =>
  new Ledger({ ...defaultLedgerOptions, random: () => 0.5, ...options })

/** The write that would bring `a` from what there is to what is declared. */
function write(fields: Fields, before?: Fields): Write {
  const { plan } = planFor({ items: [{ name: 'a', fields }] }, worldOf(before === undefined ? {} : { a: before }))
  const change = plan.changes.find(isWrite)
  assert.ok(change, 'there is something to write')
  return change
}

const create = write({ s1: 1 })
const update = write({ s1: 1 }, { s1: 0 })
const unavailable = new ReconcileError('UNAVAILABLE', 'later')
const rejected = new ReconcileError('REJECTED', 'no such value')
/** Why and until when an item rests. */
const rests = (turn: Turn) => (turn.go ? 'go' : [turn.result, turn.reason, turn.dueAt, turn.error?.code])
const waits = (turn: Turn): number | undefined => (turn.go ? undefined : (turn.dueAt ?? undefined))

describe('the ledger lets an item that was never tried go', () => {
  it('at once', () => assert.deepEqual(ledger().turn(update, 0), { go: true }))
})

describe('after a failure that may pass', () => {
  it('an item waits for its back-off and continues the millisecond', () => {
    const book = ledger()
    assert.equal(book.failed(update, unavailable, 1_000), 1_500)
    assert.deepEqual(rests(book.turn(update, 1_499)), ['waiting', 'backing-off', 1_500, 'UNAVAILABLE'])
    assert.deepEqual(book.turn(update, 1_500), { go: true })
  })

  it('the wait doubles with every failure, up to the cap', () => {
    const book = ledger({ random: () => 1 - Number.EPSILON })
    const delays = Array.from({ length: 12 }, () => book.failed(update, unavailable, 0))
    assert.deepEqual(
      delays,
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1_000)
    )
  })

  it('the wait is never shorter than what the service asked for', () => {
    const asked = new ReconcileError('UNAVAILABLE', 'later', { retryAfterMs: 42_000 })
    assert.equal(ledger().failed(update, asked, 1_000), 43_000)
  })

  it('another item goes: waiting is no matter of its neighbours', () => {
    const book = ledger()
    book.failed(update, unavailable, 0)
    const other = planFor({ items: [{ name: 'b' }] }, worldOf({})).plan.changes.find(isWrite)
    assert.ok(other)
    assert.deepEqual(book.turn(other, 0), { go: true })
  })

  it('a new desired state goes at once, and its failures count again', () => {
    const book = ledger()
    for (let failures = 0; failures < 5; failures += 1) book.failed(update, unavailable, 0)
    const changed = write({ s1: 2 }, { s1: 0 })
    assert.deepEqual(book.turn(changed, 0), { go: true })
    assert.equal(book.failed(changed, unavailable, 0), 500)
  })

  it('a success makes failures count again', () => {
    const book = ledger()
    for (let failures = 0; failures < 5; failures += 1) book.failed(update, unavailable, 0)
    book.acknowledged(update, 0)
    assert.equal(book.failed(update, unavailable, 0), 500)
  })

  it('an item that was in sync in between counts again', () => {
    const book = ledger()
    for (let failures = 0; failures < 5; failures += 1) book.failed(update, unavailable, 0)
    book.retain([], 'all', 0)
    assert.deepEqual(book.turn(update, 0), { go: true })
    assert.equal(book.failed(update, unavailable, 0), 500)
  })

  it('an item that is still to be written is remembered', () => {
    const book = ledger()
    book.failed(update, unavailable, 0)
    book.retain([update], 'all', 0)
    assert.equal(waits(book.turn(update, 0)), 500)
  })
})

describe('after a failure that does not pass by itself', () => {
  it('an item waits for a change of its declaration', () => {
    const book = ledger()
    assert.equal(book.failed(update, rejected, 0), 600_000)
    assert.deepEqual(rests(book.turn(update, 599_999)), ['failed', 'given-up', 600_000, 'REJECTED'])
    assert.deepEqual(book.turn(write({ s1: 2 }, { s1: 0 }), 1), { go: true })
  })

  it('it is tried again at a slow pace that never grows, in case the world changed', () => {
    const book = ledger()
    for (const start of [0, 600_000, 1_200_000]) {
      assert.deepEqual(book.turn(update, start), { go: true })
      assert.equal(book.failed(update, rejected, start), start + 600_000)
    }
  })
})

describe('after a write that was acknowledged', () => {
  it('a created item may stay invisible for its settle time before it is created again', () => {
    const book = ledger()
    book.acknowledged(create, 0)
    assert.deepEqual(rests(book.turn(create, 29_999)), ['waiting', 'settling', 30_000, undefined])
    assert.deepEqual(book.turn(create, 30_000), { go: true })
  })

  it('a created item that is visible and differs is updated soon: it need not wait to be seen', () => {
    const book = ledger()
    book.acknowledged(create, 0)
    assert.equal(waits(book.turn(update, 1_999)), 2_000)
    assert.deepEqual(book.turn(update, 2_000), { go: true })
  })

  it('an updated field may stay invisible for a time that doubles with every repetition', () => {
    const book = ledger()
    let now = 0
    for (const settle of [2_000, 4_000]) {
      book.acknowledged(update, now)
      assert.equal(waits(book.turn(update, now)), now + settle)
      now += settle
      assert.deepEqual(book.turn(update, now), { go: true })
    }
  })

  it('three times without effect it is dead, with both values', () => {
    const book = ledger()
    let now = 0
    for (const settle of [2_000, 4_000, 8_000]) {
      assert.deepEqual(book.turn(update, now), { go: true })
      book.acknowledged(update, now)
      now += settle
    }
    const turn = book.turn(update, now)
    assert.deepEqual(rests(turn), ['failed', 'dead', null, 'NOT_CONVERGING'])
    assert.ok(!turn.go && turn.error?.message.includes('s1 is 0, declared 1'))
    assert.deepEqual(book.turn(update, now + 86_400_000), turn)
  })

  it('dead, it lives again when its declaration changes, or its value at the service', () => {
    const book = ledger({ maxSilentWrites: 1 })
    book.acknowledged(update, 0)
    assert.deepEqual(rests(book.turn(update, 2_000)), ['failed', 'dead', null, 'NOT_CONVERGING'])
    assert.deepEqual(book.turn(write({ s1: 2 }, { s1: 0 }), 2_001), { go: true })
    assert.deepEqual(book.turn(write({ s1: 1 }, { s1: 7 }), 2_001), { go: true })
  })

  it('and undone by somebody with another value is no silent write', () => {
    const book = ledger()
    for (let round = 0; round < 10; round += 1) {
      const change = write({ s1: 1, s2: 1 }, round % 2 === 0 ? { s1: 0, s2: 1 } : { s1: 1, s2: 0 })
      assert.deepEqual(book.turn(change, round * 100_000), { go: true })
      book.acknowledged(change, round * 100_000)
    }
  })

  it('and seen, it is forgotten', () => {
    const book = ledger()
    for (let round = 0; round < 10; round += 1) {
      book.acknowledged(create, round)
      book.retain([], 'all', round)
    }
    assert.deepEqual(book.turn(create, 10), { go: true })
  })
})

describe('an item that fails again and again', () => {
  const failing = (book: Ledger, error: ReconcileError, times: number, everyMs: number, isOfTarget = false): number => {
    let now = 0
    for (let tries = 0; tries < times; tries += 1) {
      now = tries * everyMs
      book.failed(update, error, now, isOfTarget)
    }
    return now
  }

  it('is dead after enough attempts and enough time, and not after one of both', () => {
    const quick = ledger()
    const now = failing(quick, unavailable, 10, 1_000)
    assert.equal(rests(quick.turn(update, now))[1], 'backing-off')
    assert.deepEqual(rests(quick.turn(update, 1_800_000)), ['failed', 'dead', null, 'UNAVAILABLE'])
    const slow = ledger()
    failing(slow, rejected, 9, 600_000)
    assert.deepEqual(slow.turn(update, 9 * 600_000), { go: true })
    slow.failed(update, rejected, 9 * 600_000)
    assert.deepEqual(rests(slow.turn(update, 9 * 600_000)), ['failed', 'dead', null, 'REJECTED'])
  })

  it('is tried again when its declaration or its value changes, or when it is forgotten', () => {
    const book = ledger()
    const now = failing(book, rejected, 10, 600_000)
    assert.equal(rests(book.turn(update, now))[1], 'dead')
    assert.deepEqual(book.turn(write({ s1: 2 }, { s1: 0 }), now), { go: true })
    assert.notEqual(rests(book.turn(write({ s1: 1 }, { s1: 7 }), now))[1], 'dead')
    book.forget(update.key)
    assert.deepEqual(book.turn(update, now), { go: true })
  })

  it('because the whole service fails is never dead, however often and long', () => {
    const book = ledger()
    const now = failing(book, new ReconcileError('UNREACHABLE', 'down'), 1_000, 300_000, true)
    assert.equal(book.attempts(update), 0)
    assert.deepEqual(book.turn(update, now + 300_000), { go: true })
  })

  it('is shut out of nothing: a right that is missing for the whole call is tried again soon', () => {
    const book = ledger()
    assert.equal(book.failed(update, new ReconcileError('NOT_PERMITTED', 'no'), 0, true), 500)
    assert.equal(ledger().failed(update, new ReconcileError('NOT_PERMITTED', 'no'), 0, false), 600_000)
  })
})

describe('a field that somebody else writes as well', () => {
  const minute = 60_000
  /** Repaired so often, each time seen in sync, a minute apart. */
  const repaired = (times: number): { readonly book: Ledger; readonly now: number } => {
    const book = ledger()
    let now = 0
    for (let round = 0; round < times; round += 1) {
      now = round * minute
      book.acknowledged(update, now)
      book.retain([], 'all', now + 1_000)
    }
    return { book, now }
  }

  it('is repaired at once the first three times, and paced from then on', () => {
    assert.deepEqual(repaired(2).book.turn(update, 2 * minute), { go: true })
    const { book, now } = repaired(3)
    const turn = book.turn(update, now + 2_000)
    assert.deepEqual(rests(turn), ['waiting', 'contested', now + minute, undefined])
    assert.deepEqual(!turn.go && turn.contested, { times: 3, fields: [{ path: 's1', ours: 1, theirs: 0 }] })
    assert.deepEqual(book.turn(update, now + minute), { go: true })
  })

  it('waits twice as long after each repair, at most half an hour', () => {
    const minutes = [3, 4, 5, 6, 7, 8, 9].map((times) => {
      const { book, now } = repaired(times)
      const turn = book.turn(update, now + 2_000)
      return turn.go || turn.dueAt === null ? undefined : (turn.dueAt - now) / minute
    })
    assert.deepEqual(minutes, [1, 2, 4, 8, 16, 30, 30])
  })

  it('is repaired at once for a new declaration, for another field, and after an hour', () => {
    const { book, now } = repaired(3)
    assert.deepEqual(book.turn(write({ s1: 2 }, { s1: 0 }), now), { go: true })
    assert.deepEqual(book.turn(write({ s1: 1, s2: 1 }, { s1: 1, s2: 0 }), now), { go: true })
    assert.deepEqual(book.turn(update, now + 61 * minute), { go: true })
  })

  it('is not contested by a write of ours that is never seen', () => {
    const book = ledger()
    for (const at of [0, 10, 20]) book.acknowledged(update, at)
    assert.equal(book.contested(update, 30), null)
  })
})

describe('whatever happens to an item', () => {
  it('it is never tried before it is due, and never later than the longest wait', () => {
    const event = fc.record({
      kind: fc.constantFrom('failed', 'rejected', 'done'),
      wait: fc.nat(400_000),
      change: fc.constantFrom(create, update)
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const book = ledger()
        let now = 0
        for (const { kind, wait, change } of events) {
          now += wait
          const turn = book.turn(change, now)
          if (!turn.go) {
            assert.ok(turn.dueAt === null || (turn.dueAt > now && turn.dueAt <= now + 600_000))
            assert.deepEqual(book.turn(change, now), turn)
            continue
          }
          if (kind === 'done') book.acknowledged(change, now)
          else book.failed(change, kind === 'failed' ? unavailable : rejected, now)
        }
      })
    )
  })
})
