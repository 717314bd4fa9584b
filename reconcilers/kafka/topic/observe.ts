/**
 * Reads topics: one metadata request for all of them and one DescribeConfigs for the declared keys. Everything beyond
 * that is asked only when the answers call for it. Never writes.
 * @module
 */
import { type Cycle, type Desired, type Observed, ReconcileError, type Sighting } from '../../../src/plugin.ts'
import type { ConfigAnswer, ConfigQuery, KafkaAdmin, TopicMetadata } from '../admin.ts'
import { readTopics } from '../nodes.ts'
import { topicDefaults } from './defaults.ts'
import { withFallbacks } from './fallback.ts'
import { declaredCount, type TopicFacts, type TopicSpec, type TopicState } from './state.ts'

type Topic = Desired<TopicSpec>

const unknownTopic = 3

/** All topics of the cluster; configuration only of the declared ones unless `everything`. */
export async function observeTopics(
  admin: KafkaAdmin,
  desired: readonly Topic[],
  cycle: Cycle
): Promise<Observed<TopicState, TopicFacts>> {
  const { signal } = cycle
  const cluster = await readTopics(admin, cycle, 'all')
  const listed = new Map(cluster.topics.map((topic) => [topic.name, topic]))
  for (const topic of await askByName(admin, desired, listed, signal)) listed.set(topic.name, topic)

  const live = new Map([...listed].filter(([, topic]) => topic.error === undefined))
  const queries = configQueries(desired, live, cycle)
  const moving = await readReassignments(admin, desired, live, signal)
  const configs = await describe(admin, queries, desired, signal)

  const exact = new Set(desired.filter(({ control }) => control.exact).map(({ name }) => name))
  const items = new Map<string, Sighting<TopicState>>()
  for (const [name, topic] of listed) {
    const read = { complete: queries.get(name)?.keys === 'all', exact: exact.has(name) }
    const sighting = sightingOf(topic, configs.get(name), read, moving.get(name))
    if (sighting !== undefined) items.set(name, sighting)
  }
  const facts = {
    liveBrokers: cluster.brokers.length,
    ...judgeKeys(desired, queries, configs),
    names: new Set(live.keys()),
    defaults: await topicDefaults(admin, desired, cluster, items, signal)
  }
  return { items, facts }
}

/** undefined: the topic does not exist, or is not known everywhere yet. */
function sightingOf(
  topic: TopicMetadata,
  config: ConfigAnswer | undefined,
  read: Pick<TopicState, 'complete' | 'exact'>,
  replicationFactor = topic.replicationFactor
): Sighting<TopicState> | undefined {
  const error = topic.error ?? config?.error
  if (error !== undefined) return error.code === unknownTopic ? undefined : { refused: error.message }
  const entries = new Map((config?.entries ?? []).map((entry) => [entry.name, entry]))
  const state = { partitions: topic.partitions, replicationFactor, config: entries, ...read }
  return { state, ...(topic.internal ? { excluded: 'internal to Kafka' } : {}) }
}

/**
 * A list of all topics silently leaves out those we may not describe; asked for by name the broker says so
 * (TOPIC_AUTHORIZATION_FAILED), which is not "missing".
 */
async function askByName(
  admin: KafkaAdmin,
  desired: readonly Topic[],
  listed: ReadonlyMap<string, TopicMetadata>,
  signal: AbortSignal
): Promise<readonly TopicMetadata[]> {
  const missing = desired.map(({ name }) => name).filter((name) => !listed.has(name))
  return missing.length === 0 ? [] : (await admin.metadata(missing, signal)).topics
}

/** Replication factors that will hold once replicas on the move have arrived; asked only where they differ. */
async function readReassignments(
  admin: KafkaAdmin,
  desired: readonly Topic[],
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
    differing.map(({ name, replicas }) => {
      const removed = (partition: number): number => moving.get(name)?.get(partition)?.removing.length ?? 0
      return [name, Math.min(...replicas.map((ids, partition) => ids.length - removed(partition)))]
    })
  )
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

function configQueries(
  desired: readonly Topic[],
  live: ReadonlyMap<string, TopicMetadata>,
  { full, everything }: Cycle
): ReadonlyMap<string, ConfigQuery> {
  const queries = new Map<string, ConfigQuery>()
  for (const topic of desired) {
    const seen = live.get(topic.name)
    if (seen === undefined) continue
    const keys = full || topic.control.exact ? 'all' : namedKeys(topic.spec, seen)
    if (keys === 'all' || keys.length > 0) queries.set(topic.name, { type: 'topic', name: topic.name, keys })
  }
  if (everything) for (const name of live.keys()) queries.set(name, { type: 'topic', name, keys: 'all' })
  return withProbe(desired, live, queries)
}

function namedKeys(spec: TopicSpec, seen: TopicMetadata): readonly string[] {
  const keys = Object.keys(spec.config ?? {})
  const grows = (declaredCount(spec.partitions) ?? 0) > seen.partitions
  return grows ? [...new Set([...keys, 'cleanup.policy'])] : keys
}

/** The keys of topics that do not exist yet are asked of one that does. */
function withProbe(
  desired: readonly Topic[],
  live: ReadonlyMap<string, TopicMetadata>,
  queries: ReadonlyMap<string, ConfigQuery>
): ReadonlyMap<string, ConfigQuery> {
  const wanted = desired.filter(({ name }) => !live.has(name)).flatMap(({ spec }) => Object.keys(spec.config ?? {}))
  const [name = [...live.keys()][0]] = queries.keys()
  if (wanted.length === 0 || name === undefined) return queries
  const keys = queries.get(name)?.keys ?? []
  if (keys === 'all') return queries
  return new Map([...queries, [name, { type: 'topic', name, keys: [...new Set([...keys, ...wanted])] }]])
}

async function describe(
  admin: KafkaAdmin,
  queries: ReadonlyMap<string, ConfigQuery>,
  desired: readonly Topic[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, ConfigAnswer>> {
  if (queries.size === 0) return new Map()
  const answers = await admin.describeConfigs([...queries.values()], { synonyms: false }, signal)
  return withFallbacks(admin, desired, new Map(answers.map((answer) => [answer.name, answer])), signal)
}

/** Declared keys no broker knows, as it was asked for them and did not answer; those nobody was asked about. */
function judgeKeys(
  desired: readonly Topic[],
  queries: ReadonlyMap<string, ConfigQuery>,
  configs: ReadonlyMap<string, ConfigAnswer>
): Pick<TopicFacts, 'unknownKeys' | 'unaskedKeys'> {
  const declared = new Set(desired.flatMap(({ spec }) => Object.keys(spec.config ?? {})))
  const unknownKeys = new Set<string>()
  const unaskedKeys = new Set(declared)
  for (const [name, { keys }] of queries) {
    const answer = configs.get(name)
    if (answer === undefined || answer.error !== undefined) continue
    const known = new Set(answer.entries.map((entry) => entry.name))
    for (const key of keys === 'all' ? declared : keys) {
      unaskedKeys.delete(key)
      if (!known.has(key)) unknownKeys.add(key)
    }
  }
  return { unknownKeys, unaskedKeys }
}
