/**
 * CreateTopics v7.
 * @module
 */
import type { Answer, NewTopic } from '../admin.ts'
import { answersFor, itemError } from '../broker-errors.ts'
import type { Asking } from './cluster.ts'

/** One request for all; writes. */
export async function createTopics(
  cluster: Asking,
  topics: readonly NewTopic[],
  signal: AbortSignal
): Promise<Answer[]> {
  if (topics.length === 0) return []
  const wanted = topics.map(({ name, partitions, replicationFactor, config }) => ({
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: [],
    configs: Object.entries(config).map(([key, value]) => ({ name: key, value }))
  }))
  const response = await cluster.ask('CreateTopics', 'any', signal, ({ client, connection }) =>
    client.createTopicsV7.api.async(connection, wanted, cluster.brokerTimeout, false)
  )
  const errors = response.topics.map(
    ({ name, errorCode, errorMessage }) => [name, itemError(errorCode, errorMessage, response.throttleTimeMs)] as const
  )
  return answersFor(
    topics.map(({ name }) => name),
    new Map(errors)
  )
}
