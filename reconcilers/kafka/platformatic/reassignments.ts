/**
 * ListPartitionReassignments v0.
 * @module
 */
import type { Reassignment } from '../admin.ts'
import { brokerError, toItemError } from '../broker-errors.ts'
import type { Asking } from './cluster.ts'

/** One request for all moves of the cluster, which are few: naming topics would need their partition numbers too. */
export async function reassignments(
  cluster: Asking,
  topics: readonly string[],
  signal: AbortSignal
): Promise<Map<string, ReadonlyMap<number, Reassignment>>> {
  const response = await cluster.ask('ListPartitionReassignments', 'any', signal, ({ client, connection }) =>
    client.listPartitionReassignmentsV0.api.async(connection, cluster.brokerTimeout, null)
  )
  if (response.errorCode !== 0) throw toItemError(brokerError(response.errorCode, response.errorMessage))
  const wanted = new Set(topics)
  return new Map(
    response.topics
      .filter(({ name }) => wanted.has(name))
      .map(({ name, partitions }) => [
        name,
        new Map(
          partitions.map(({ partitionIndex, addingReplicas, removingReplicas }) => [
            partitionIndex,
            { adding: addingReplicas, removing: removingReplicas }
          ])
        )
      ])
  )
}
