/**
 * Replication factors while replicas are moved: while a partition is on the move its old and new replicas count both.
 * Never writes.
 * @module
 */
import { type Desired, ReconcileError } from '../../../src/plugin.ts'
import type { KafkaAdmin, Reassignment, TopicMetadata } from '../admin.ts'
import { declaredCount, type TopicSpec } from './state.ts'

/** Replication factors that will hold once replicas on the move have arrived; asked only where they differ. */
export async function futureReplication(
  admin: KafkaAdmin,
  desired: readonly Desired<TopicSpec>[],
  live: ReadonlyMap<string, TopicMetadata>,
  signal: AbortSignal
): Promise<ReadonlyMap<string, number>> {
  const differing = desired.flatMap(({ name, spec }) => {
    const topic = live.get(name)
    const declared = declaredCount(spec['replication-factor'])
    return topic === undefined || declared === undefined || declared === topic.replicationFactor ? [] : [topic]
  })
  if (differing.length === 0) return new Map()
  const moving = await reassignmentsOf(admin, differing, signal)
  return new Map(
    differing.flatMap((topic): [string, number][] => {
      const moves = moving.get(topic.name)
      return moves === undefined ? [] : [[topic.name, leastReplicas(topic, moves)]]
    })
  )
}

/** Replicas of the partition that will have fewest. */
function leastReplicas(
  { partitions, replicationFactor, replicaCounts }: TopicMetadata,
  moves: ReadonlyMap<number, Reassignment>
): number {
  const counts = Array.from(
    { length: partitions },
    (_, partition) => (replicaCounts?.[partition] ?? replicationFactor) - (moves.get(partition)?.removing.length ?? 0)
  )
  return counts.reduce((least, count) => Math.min(least, count), Infinity)
}

/** Seeing reassignments takes a right on the cluster; without it the replicas count as they are. */
async function reassignmentsOf(
  admin: KafkaAdmin,
  topics: readonly TopicMetadata[],
  signal: AbortSignal
): ReturnType<KafkaAdmin['reassignments']> {
  try {
    return await admin.reassignments(
      topics.map(({ name }) => name),
      signal
    )
  } catch (error) {
    if (error instanceof ReconcileError && error.code === 'NOT_PERMITTED') return new Map()
    throw error
  }
}
