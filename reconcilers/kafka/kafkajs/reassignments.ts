/**
 * ListPartitionReassignments v0 through kafkajs.
 * @module
 */
import type { Reassignment } from '../admin.ts'
import { type Asking, valueOf } from './session.ts'

/** What kafkajs returns (listPartitionReassignments/v0/response.js); its types call them `topic` and `partitionIndex`. */
interface Moving {
  readonly name?: string
  readonly partitions: readonly {
    readonly partition?: number
    readonly addingReplicas?: readonly number[]
    readonly removingReplicas?: readonly number[]
  }[]
}

/** One call for all moves of the cluster, which are few: naming topics would need their partition numbers too. */
export async function reassignments(
  session: Asking,
  topics: readonly string[],
  signal: AbortSignal
): Promise<Map<string, ReadonlyMap<number, Reassignment>>> {
  const request = { timeout: session.brokerTimeout }
  const response = valueOf(
    await session.ask('ListPartitionReassignments', signal, (admin) => admin.listPartitionReassignments(request))
  )
  const moving: readonly Moving[] = response.topics
  const wanted = new Set(topics)
  return new Map(
    moving.flatMap(({ name, partitions }) =>
      name !== undefined && wanted.has(name) ? [[name, moves(partitions)]] : []
    )
  )
}

function moves(partitions: Moving['partitions']): ReadonlyMap<number, Reassignment> {
  return new Map(
    partitions.map(({ partition = -1, addingReplicas = [], removingReplicas = [] }) => [
      partition,
      { adding: addingReplicas, removing: removingReplicas }
    ])
  )
}
