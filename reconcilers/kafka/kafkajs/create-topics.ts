/**
 * CreateTopics v3 through kafkajs, which drops the broker's texts.
 * @module
 */
import type { Answer, BrokerError, NewTopic } from '../admin.ts'
import { brokerError } from '../broker-errors.ts'
import { refusalOf, type Asking, valueOf } from './session.ts'

const alreadyExists = 36

/** One call for all; writes. */
export async function createTopics(
  session: Asking,
  topics: readonly NewTopic[],
  signal: AbortSignal
): Promise<Answer[]> {
  if (topics.length === 0) return []
  const wanted = topics.map(({ name, partitions, replicationFactor, config }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value }))
  }))
  const outcome = await session.ask('CreateTopics', signal, (admin) =>
    // Waiting for leaders would turn a slow election into a failure to create.
    admin.createTopics({ topics: wanted, waitForLeaders: false, timeout: session.brokerTimeout }).catch(topicErrors)
  )
  const created = valueOf(outcome)
  return topics.map(({ name }) => {
    // `false` means that all of them exist.
    const error = created === false ? brokerError(alreadyExists) : created === true ? undefined : created.get(name)
    return { name, ...(error && { error }) }
  })
}

/** Errors by topic; topics that are not in it were created. Throws what is about no topic. */
function topicErrors(failure: unknown): ReadonlyMap<string, BrokerError> {
  if (
    !(failure instanceof Error) ||
    failure.name !== 'KafkaJSAggregateError' ||
    !('errors' in failure) ||
    !Array.isArray(failure.errors)
  )
    throw failure
  const errors = new Map<string, BrokerError>()
  for (const error of failure.errors as unknown[]) {
    const refusal = refusalOf(error)
    if (error instanceof Error && 'topic' in error && typeof error.topic === 'string' && refusal)
      errors.set(error.topic, refusal)
  }
  return errors
}
