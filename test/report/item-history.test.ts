import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Outcome } from '../../src/line.ts'
import { keyOf } from '../../src/records.ts'
import { ItemHistory } from '../../src/report/item-history.ts'
import { failure, outcome, reportWith } from '../reconciler/reports.ts'

const kept = outcome('unchanged', { verb: 'keep' })
const repaired = outcome('done')
const failing = outcome('failed', failure('UNREACHABLE'))

describe('the history of items', () => {
  /** Each list is a cycle; what the last one added. */
  function after(...cycles: readonly (readonly Outcome[])[]): ReturnType<ItemHistory['cycle']> {
    const history = new ItemHistory()
    return cycles.map((outcomes) => history.cycle(reportWith(outcomes))).at(-1) ?? { drifted: [], retried: 0 }
  }

  it('calls drift what was in sync and differs now', () => {
    assert.deepEqual(after([kept], [repaired]).drifted, ['box'])
  })

  it('calls drift what differs and is held, too', () => {
    assert.deepEqual(after([kept], [outcome('held', { verb: 'hold' })]).drifted, ['box'])
  })

  it('does not call drift what was never in sync', () => {
    assert.deepEqual(after([repaired]).drifted, [])
    assert.deepEqual(after([repaired], [repaired]).drifted, [])
  })

  it('counts drift once, until it was in sync again', () => {
    assert.deepEqual(after([kept], [failing], [failing]).drifted, [])
    assert.deepEqual(after([kept], [repaired], [kept], [repaired]).drifted, ['box'])
  })

  it('does not call drift what another configuration declares otherwise', () => {
    const history = new ItemHistory()
    history.cycle(reportWith([kept], { configDigest: 'one' }))
    assert.deepEqual(history.cycle(reportWith([repaired], { configDigest: 'two' })).drifted, [])
  })

  it('counts a write that follows a failed one', () => {
    assert.equal(after([failing], [failing]).retried, 1)
    assert.equal(after([failing], [repaired]).retried, 1)
    assert.equal(after([repaired], [repaired]).retried, 0)
    assert.equal(after([failing], [repaired], [repaired]).retried, 0)
  })

  it('counts no turn that was not taken', () => {
    assert.equal(after([failing], [outcome('waiting', failure('UNREACHABLE'))]).retried, 0)
    assert.equal(after([failing], [outcome('failed', { ...failure('REJECTED'), reason: 'given-up' })]).retried, 0)
  })

  it('of one item never depends on its neighbours', () => {
    const word = fc.constantFrom(kept, repaired, failing, outcome('held', { verb: 'hold' }), outcome('waiting'))
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { maxLength: 12 }), (cycles) => {
        const of = (side: 0 | 1): readonly Outcome[][] =>
          cycles.map((pair) => [{ ...pair[side], key: keyOf('shop', 'box', `item-${side}`) }])
        const [both, first, second] = [new ItemHistory(), new ItemHistory(), new ItemHistory()]
        for (const [index] of cycles.entries()) {
          const [left, right] = [of(0)[index] ?? [], of(1)[index] ?? []]
          const together = both.cycle(reportWith([...left, ...right]))
          const apart = [first.cycle(reportWith(left)), second.cycle(reportWith(right))]
          assert.equal(together.drifted.length, apart.flatMap(({ drifted }) => drifted).length)
          assert.equal(
            together.retried,
            apart.reduce((sum, { retried }) => sum + retried, 0)
          )
        }
      })
    )
  })
})
