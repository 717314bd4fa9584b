import assert from 'node:assert/strict'
import fc from 'fast-check'
import { unordered } from '../../src/testing/unordered.ts'

describe('values in no order', () => {
  it('are equal when only the order of lists, maps, sets and fields differs', () => {
    const list = fc.array(fc.oneof(fc.integer(), fc.string(), fc.record({ a: fc.integer(), b: fc.array(fc.string()) })))
    fc.assert(fc.property(list, (items) => assert.deepEqual(unordered(items), unordered(items.toReversed()))))
    assert.deepEqual(
      unordered(
        new Map([
          ['a', [1, 2]],
          ['b', [3]]
        ])
      ),
      unordered(
        new Map([
          ['b', [3]],
          ['a', [2, 1]]
        ])
      )
    )
    assert.deepEqual(unordered(new Set([1n, 2n])), unordered(new Set([2n, 1n])))
  })

  it('differ when anything else does', () => {
    for (const [one, other] of [
      [[1, 1], [1]],
      [[1], ['1']],
      [{ a: [1] }, { a: [2] }],
      [[undefined], []],
      [1, null]
    ] as const) {
      assert.notDeepEqual(unordered(one), unordered(other))
    }
  })
})
