/**
 * Reads topics: one metadata request for all of them, or for those a pass is about, and one DescribeConfigs for the
 * declared keys. Everything beyond that is asked only when the answers call for it. Never writes.
 * @module
 */
import type { Cycle, Desired, Observed, Sighting } from '../../../src/plugin.ts'
import type { ClusterMetadata, ConfigAnswer, ConfigQuery, KafkaAdmin, TopicMetadata } from '../admin.ts'
import { readTopics } from '../nodes.ts'
import { topicDefaults } from './defaults.ts'
import { withFallbacks } from './fallback.ts'
import { keptEntries } from './kept.ts'
import { judgeKeys, type Probe } from './probe.ts'
import { futureReplication } from './reassignments.ts'
import { declaredCount, type TopicFacts, type TopicSpec, type TopicState } from './state.ts'

type Topic = Desired<TopicSpec>
type Topics = ReadonlyMap<string, TopicMetadata>

const unknownTopic = 3

/**
 * All topics of the cluster, or in a pass over keys the topics of `desired`; configuration only of the declared ones
 * unless `everything`. A topic of `desired` that does not exist costs no other request in a pass over keys, and one in
 * a reading of everything.
 */
export async function observeTopics(
  admin: KafkaAdmin,
  probe: Probe,
  desired: readonly Topic[],
  cycle: Cycle
): Promise<Observed<TopicState, TopicFacts>> {
  const { signal } = cycle
  const { brokers, topics } =
    cycle.scope === 'all' ? await readAll(admin, desired, cycle) : await readTopics(admin, cycle, namesOf(desired))
  const listed = new Map(topics.map((topic) => [topic.name, topic]))
  const live = new Map([...listed].filter(([, topic]) => topic.error === undefined))
  const queries = probe.ask(desired, live, configQueries(desired, live, cycle))
  const replication = await futureReplication(admin, desired, live, signal)
  const configs = await describe(admin, [...queries.values()], { desired, brokers, signal })
  probe.remember(live, queries, configs)

  const items = sightings(listed, { desired, queries, configs, replication })
  const missing = new Set(namesOf(desired).filter((name) => !items.has(name)))
  const facts = {
    liveBrokers: brokers.length,
    ...judgeKeys(desired, queries, configs),
    names: new Set(live.keys()),
    missing,
    defaults: await topicDefaults(admin, desired, brokers, missing, signal)
  }
  return { items, facts }
}

function namesOf(topics: readonly { readonly name: string }[]): readonly string[] {
  return topics.map(({ name }) => name)
}

/**
 * A list of all topics silently leaves out those we may not describe; asked for by name the broker says so
 * (TOPIC_AUTHORIZATION_FAILED), which is not "missing".
 */
async function readAll(admin: KafkaAdmin, desired: readonly Topic[], cycle: Cycle): Promise<ClusterMetadata> {
  const cluster = await readTopics(admin, cycle, 'all')
  const listed = new Set(namesOf(cluster.topics))
  const missing = namesOf(desired).filter((name) => !listed.has(name))
  if (missing.length === 0) return cluster
  const { topics } = await admin.metadata(missing, cycle.signal)
  return { ...cluster, topics: [...cluster.topics, ...topics] }
}

function configQueries(
  desired: readonly Topic[],
  live: Topics,
  { full, everything }: Cycle
): ReadonlyMap<string, ConfigQuery> {
  const queries = new Map<string, ConfigQuery>()
  for (const topic of desired) {
    const seen = live.get(topic.name)
    if (seen === undefined) continue
    const keys = full || topic.control.exact ? 'all' : neededKeys(topic.spec, seen)
    if (keys === 'all' || keys.length > 0) queries.set(topic.name, { type: 'topic', name: topic.name, keys })
  }
  if (everything) for (const name of live.keys()) queries.set(name, { type: 'topic', name, keys: 'all' })
  return queries
}

/** Whether partitions may be added depends on `cleanup.policy`. */
function neededKeys(spec: TopicSpec, seen: TopicMetadata): readonly string[] {
  const keys = Object.keys(spec.config ?? {})
  const grows = (declaredCount(spec.partitions) ?? 0) > seen.partitions
  return grows ? [...new Set([...keys, 'cleanup.policy'])] : keys
}

interface Asking {
  readonly desired: readonly Topic[]
  readonly brokers: ClusterMetadata['brokers']
  readonly signal: AbortSignal
}

async function describe(
  admin: KafkaAdmin,
  queries: readonly ConfigQuery[],
  asking: Asking
): Promise<ReadonlyMap<string, ConfigAnswer>> {
  if (queries.length === 0) return new Map()
  const answers = await admin.describeConfigs(queries, { synonyms: false }, asking.signal)
  return withFallbacks(admin, new Map(answers.map((answer) => [answer.name, answer])), asking)
}

interface Answers {
  readonly desired: readonly Topic[]
  readonly queries: ReadonlyMap<string, ConfigQuery>
  readonly configs: ReadonlyMap<string, ConfigAnswer>
  /** Where it is another one than the metadata shows. */
  readonly replication: ReadonlyMap<string, number>
}

/** What is left out does not exist, or is not known everywhere yet. */
function sightings(
  listed: Topics,
  { desired, queries, configs, replication }: Answers
): ReadonlyMap<string, Sighting<TopicState>> {
  const declared = new Map(desired.map((topic) => [topic.name, topic]))
  const keep = keptEntries()
  const items = new Map<string, Sighting<TopicState>>()
  for (const [name, topic] of listed) {
    const config = configs.get(name)
    const error = topic.error ?? config?.error
    if (error?.code === unknownTopic) continue
    if (error !== undefined) items.set(name, { refused: error.message })
    else {
      const state = {
        partitions: topic.partitions,
        replicationFactor: replication.get(name) ?? topic.replicationFactor,
        config: keep(config?.entries ?? [], declared.get(name)?.spec),
        complete: queries.get(name)?.keys === 'all',
        exact: declared.get(name)?.control.exact === true
      }
      items.set(name, topic.internal ? { state, excluded: 'internal to Kafka' } : { state })
    }
  }
  return items
}
