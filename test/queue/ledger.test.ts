import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Change } from '../../src/contract.ts'
import { ReconcileError } from '../../src/errors.ts'
import { defaultLedgerOptions, Ledger, type LedgerOptions, type Turn } from '../../src/apply/ledger.ts'
import { isWrite, planFor, worldOf, type Fields } from '../plan/model.ts'

type Write = Change & { readonly verb: 'create' | 'update' }

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
const waits = (turn: Turn): number | undefined => (turn.go ? undefined : turn.dueAt)

describe('the ledger lets an item that was never tried go', () => {
  it('at once', () => assert.deepEqual(ledger().turn(update, 0), { go: true }))
})

describe('after a failure that may pass', () => {
  it('an item waits for its back-off and goes on the millisecond', () => {
    const book = ledger()
    assert.equal(book.failed(update, unavailable, 1_000), 1_500)
    assert.deepEqual(book.turn(update, 1_499), { go: false, dueAt: 1_500, error: unavailable })
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

  it('a new desired state goes at once, and its failures count anew', () => {
    const book = ledger()
    for (let failures = 0; failures < 5; failures += 1) book.failed(update, unavailable, 0)
    const changed = write({ s1: 2 }, { s1: 0 })
    assert.deepEqual(book.turn(changed, 0), { go: true })
    assert.equal(book.failed(changed, unavailable, 0), 500)
  })

  it('a success makes failures count anew', () => {
    const book = ledger()
    for (let failures = 0; failures < 5; failures += 1) book.failed(update, unavailable, 0)
    book.acknowledged(update, 0)
    assert.equal(book.failed(update, unavailable, 0), 500)
  })

  it('an item that was in sync in between counts anew', () => {
    const book = ledger()
    for (let failures = 0; failures < 5; failures += 1) book.failed(update, unavailable, 0)
    book.retain([])
    assert.deepEqual(book.turn(update, 0), { go: true })
    assert.equal(book.failed(update, unavailable, 0), 500)
  })

  it('an item that is still to be written is remembered', () => {
    const book = ledger()
    book.failed(update, unavailable, 0)
    book.retain([update])
    assert.equal(waits(book.turn(update, 0)), 500)
  })
})

describe('after a failure that does not pass by itself', () => {
  it('an item waits for a change of its declaration', () => {
    const book = ledger()
    assert.equal(book.failed(update, rejected, 0), 600_000)
    assert.deepEqual(book.turn(update, 599_999), { go: false, dueAt: 600_000, error: rejected })
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
    assert.deepEqual(book.turn(create, 29_999), { go: false, dueAt: 30_000, error: undefined })
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

  it('three times without effect it is given up, with both values', () => {
    const book = ledger()
    let now = 0
    for (const settle of [2_000, 4_000, 8_000]) {
      assert.deepEqual(book.turn(update, now), { go: true })
      book.acknowledged(update, now)
      now += settle
    }
    const turn = book.turn(update, now)
    assert.ok(!turn.go)
    assert.equal(turn.error?.code, 'NOT_CONVERGING')
    assert.equal(turn.error?.message, 'written 3 times and still different: s1 is 0, declared 1')
    assert.equal(turn.dueAt, now + 600_000)
    assert.deepEqual(book.turn(update, now + 599_999), turn)
  })

  it('given up, it is tried again when the declaration changes, and at a slow pace', () => {
    const book = ledger({ maxSilentWrites: 1 })
    book.acknowledged(update, 0)
    assert.equal(book.turn(update, 2_000).go, false)
    assert.deepEqual(book.turn(write({ s1: 2 }, { s1: 0 }), 2_001), { go: true })
    assert.deepEqual(book.turn(update, 602_000), { go: true })
    book.acknowledged(update, 602_000)
    assert.equal(waits(book.turn(update, 602_000)), 604_000)
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
      book.acknowledged(update, round)
      book.retain([])
    }
    assert.deepEqual(book.turn(update, 10), { go: true })
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
            assert.ok(turn.dueAt > now && turn.dueAt <= now + 600_000)
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
