/**
 * Metadata through kafkajs, which drops everything as soon as one topic or partition has an error.
 * @module
 */
import type { ITopicMetadata } from 'kafkajs'
import type { BrokerError, ClusterMetadata, TopicMetadata } from '../admin.ts'
import { replicasOf } from '../replicas.ts'
import { type Asking, valueOf } from './session.ts'

/** kafkajs drops the broker's flag; these are org.apache.kafka.common.internals.Topic.INTERNAL_TOPICS. */
const internalTopics = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

/**
 * All topics, then one call for each named topic that is not among them, as only a name alone shows whether it is
 * missing or forbidden. Never creates a topic by asking.
 */
export async function metadata(
  session: Asking,
  topics: readonly string[] | 'all',
  signal: AbortSignal
): Promise<ClusterMetadata> {
  const cluster = valueOf(await session.ask('Metadata', signal, (admin) => admin.describeCluster()))
  const listed = valueOf(await session.ask('Metadata', signal, (admin) => admin.fetchTopicMetadata()))
  const all = listed.topics.map(readTopic)
  return {
    clusterId: cluster.clusterId,
    controllerId: cluster.controller ?? -1,
    brokers: cluster.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
    topics: topics === 'all' ? all : await named(session, topics, all, signal)
  }
}

async function named(
  session: Asking,
  names: readonly string[],
  all: readonly TopicMetadata[],
  signal: AbortSignal
): Promise<TopicMetadata[]> {
  const byName = new Map(all.map((topic) => [topic.name, topic]))
  const result: TopicMetadata[] = []
  for (const name of names) result.push(byName.get(name) ?? (await single(session, name, signal)))
  return result
}

async function single(session: Asking, name: string, signal: AbortSignal): Promise<TopicMetadata> {
  const outcome = await session.ask('Metadata', signal, (admin) => admin.fetchTopicMetadata({ topics: [name] }))
  if ('refusal' in outcome) return refused(name, outcome.refusal)
  const topic = outcome.value.topics.find((candidate) => candidate.name === name)
  return readTopic(topic ?? { name, partitions: [] })
}

function readTopic({ name, partitions }: ITopicMetadata): TopicMetadata {
  const counts = partitions.toSorted((a, b) => a.partitionId - b.partitionId).map(({ replicas }) => replicas.length)
  return { name, internal: internalTopics.has(name), ...replicasOf(counts) }
}

function refused(name: string, error: BrokerError): TopicMetadata {
  return { name, internal: internalTopics.has(name), partitions: 0, replicationFactor: 0, error }
}
