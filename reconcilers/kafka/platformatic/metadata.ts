/**
 * Metadata v12: the cluster, its living brokers, and topics with their assigned replicas.
 * @module
 */
import type { metadataV12 } from '@platformatic/kafka'
import type { ClusterMetadata, TopicMetadata } from '../admin.ts'
import { brokerError } from '../broker-errors.ts'
import { replicasOf } from '../replicas.ts'
import type { Asking } from './cluster.ts'

/** One request. Never creates a topic by asking. */
export async function metadata(
  cluster: Asking,
  topics: readonly string[] | 'all',
  signal: AbortSignal
): Promise<ClusterMetadata> {
  const wanted = topics === 'all' ? null : [...topics]
  const response = await cluster.ask('Metadata', 'any', signal, ({ client, connection }) =>
    client.metadataV12.api.async(connection, wanted, false)
  )
  const answer = read(response)
  cluster.learn(answer.brokers)
  return answer
}

function read({ clusterId, controllerId, brokers, topics }: metadataV12.MetadataResponse): ClusterMetadata {
  return {
    clusterId: clusterId ?? '',
    controllerId,
    brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
    topics: topics.map(readTopic)
  }
}

function readTopic({ name, errorCode, isInternal, partitions }: metadataV12.MetadataResponseTopic): TopicMetadata {
  // A partition's own error (no leader) leaves its assignment valid, so only the topic's error counts.
  const counts = partitions
    .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
    .map(({ replicaNodes }) => replicaNodes.length)
  return {
    name: name ?? '',
    internal: isInternal,
    ...replicasOf(counts),
    ...(errorCode !== 0 && { error: brokerError(errorCode) })
  }
}
