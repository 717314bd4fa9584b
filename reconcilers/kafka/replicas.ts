/**
 * What both adapters make of the replicas of a topic.
 * @module
 */
import type { TopicMetadata } from './admin.ts'

/** From the number of replicas of each partition, by partition number. Pure. */
export function replicasOf(
  counts: readonly number[]
): Pick<TopicMetadata, 'partitions' | 'replicationFactor' | 'replicaCounts'> {
  const [first = 0] = counts
  const replicationFactor = counts.reduce((least, count) => Math.min(least, count), first)
  const isEven = counts.every((count) => count === replicationFactor)
  return { partitions: counts.length, replicationFactor, ...(!isEven && { replicaCounts: counts }) }
}
