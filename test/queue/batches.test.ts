import assert from 'node:assert/strict'
import fc from 'fast-check'
import { packBatches } from '../../src/queue/batches.ts'
import { boxes, desiredItem } from '../plan/model.ts'

/** Boxes that weigh what their field `s1` says. */
const weighing = (limit: number) => boxes({ batching: { limit, weigh: ({ fields }) => Number(fields.s1) } })
const itemsOf = (weights: readonly number[]) =>
  weights.map((s1, index) => ({ desired: desiredItem({ name: `n${index}`, fields: { s1 } }) }))
const weightOf = ({
  desired
}: {
  readonly desired: { readonly spec: { readonly fields: Readonly<Record<string, unknown>> } }
}): number => Number(desired.spec.fields.s1)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

describe('batches', () => {
  const weights = fc.array(fc.nat(30), { maxLength: 30 })

  it('hold every item once, in order', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 40 }), (list, limit) => {
        const items = itemsOf(list)
        assert.deepEqual(packBatches(weighing(limit), items).flat(), items)
      })
    )
  })

  it('never outweigh the limit, but for a single item that does so by itself', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 40 }), (list, limit) => {
        for (const batch of packBatches(weighing(limit), itemsOf(list))) {
          assert.ok(batch.length === 1 || sum(batch.map(weightOf)) <= limit)
        }
      })
    )
  })

  it('are never more than needed: no two neighbours would fit into one', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 40 }), (list, limit) => {
        const batches = packBatches(weighing(limit), itemsOf(list))
        for (const [index, batch] of batches.entries()) {
          const [next] = batches[index + 1] ?? []
          if (next !== undefined) assert.ok(sum(batch.map(weightOf)) + weightOf(next) > limit)
        }
      })
    )
  })

  it('hold one item each where the kind sets no limit', () => {
    assert.deepEqual(
      packBatches(boxes(), itemsOf([1, 1, 1])).map((batch) => batch.length),
      [1, 1, 1]
    )
    assert.deepEqual(packBatches(boxes(), []), [])
  })
})
