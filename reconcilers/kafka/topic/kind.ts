/**
 * The kind `topic`: everything that is known about topics without a connection.
 * @module
 */
import type { Json, Kind } from '../../../src/plugin.ts'
import { rowOf, topicKeys } from '../config/keys/index.ts'
import { misplacedInTopics } from '../config/mistakes.ts'
import { checkTopics } from './check.ts'
import { compareTopic, undeclaredTopicFields } from './compare.ts'
import { requestedCount, topicSchema, type TopicFacts, type TopicSpec, type TopicState } from './state.ts'

/**
 * KRaft refuses a request that makes more than 10,000 metadata records (KAFKA-14996), and the whole request with it;
 * the margin leaves room for records we do not count.
 */
const recordBudget = 2_000

export const topicKind: Kind<TopicSpec, TopicState, TopicFacts> = {
  kind: 'topic',
  file: 'topics',
  schema: topicSchema,
  usualMistakes: misplacedInTopics,
  protect: ['__*', '_schemas', '_connect-*', '*-changelog', '*-repartition'],
  batching: { limit: recordBudget, weigh: recordsOf },
  compare: compareTopic,
  undeclared: undeclaredTopicFields,
  check: checkTopics,
  describe: describeTopic
}

/** Metadata records one topic makes: itself, its partitions and its configuration. */
function recordsOf(spec: TopicSpec): number {
  return 1 + Math.max(1, requestedCount(spec.partitions)) + Object.keys(spec.config ?? {}).length
}

/** Nobody wants to declare what comes and goes with a reassignment. */
function isOurs(key: string): boolean {
  return rowOf(topicKeys, key)?.never === undefined
}

function describeTopic({ partitions, replicationFactor, config }: TopicState): Json {
  const own = [...config.values()].filter(
    ({ name, source, value }) => source === 'topic' && value !== null && isOurs(name)
  )
  const overrides = own.map(({ name, value }): [string, Json] => [name, value]).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    partitions,
    'replication-factor': replicationFactor,
    ...(overrides.length === 0 ? {} : { config: Object.fromEntries(overrides) })
  }
}
