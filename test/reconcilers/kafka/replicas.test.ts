import assert from 'node:assert/strict'
import fc from 'fast-check'
import { replicasOf } from '../../../reconcilers/kafka/replicas.ts'

describe('the replicas of a topic', () => {
  it('are those of the partition that has fewest, and told by partition only where they differ', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 })), (counts) => {
        const { partitions, replicationFactor, replicaCounts } = replicasOf(counts)
        assert.equal(partitions, counts.length)
        assert.equal(replicationFactor, counts.length === 0 ? 0 : Math.min(...counts))
        assert.deepEqual(
          counts.map((_, partition) => replicaCounts?.[partition] ?? replicationFactor),
          counts
        )
        assert.equal(replicaCounts === undefined, new Set(counts).size <= 1)
      })
    )
  })
})
