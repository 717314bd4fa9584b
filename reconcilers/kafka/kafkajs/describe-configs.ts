/**
 * DescribeConfigs v2 through kafkajs, which fails as a whole, without a name, when one resource has an error.
 * @module
 */
import type { ConfigEntries, ConfigResourceTypes, ResourceConfigQuery } from 'kafkajs'
import type { ConfigAnswer, ConfigEntry, ConfigQuery } from '../admin.ts'
import { notAlive, notAnswered, toItemError } from '../broker-errors.ts'
import { chunks, configSource, keyNames, resourceKey, resourcesPerRequest } from '../config-values.ts'
import { noSynonyms, sharedEntries } from '../shared-entries.ts'
import { brokerResource, topicResource } from './resource-types.ts'
import { type Asking, valueOf } from './session.ts'

interface Options {
  readonly synonyms: boolean
}

interface Reading extends Options {
  readonly share: (entry: ConfigEntry) => ConfigEntry
}

/** One call per 1,000 resources; a call that fails is halved until the resource at fault stands alone. */
export async function describeConfigs(
  session: Asking,
  queries: readonly ConfigQuery[],
  { synonyms }: Options,
  signal: AbortSignal
): Promise<ConfigAnswer[]> {
  const options = { synonyms, share: sharedEntries() }
  const topics = queries.filter(({ type }) => type === 'topic')
  const answers: ConfigAnswer[] = []
  for (const part of chunks(topics, resourcesPerRequest))
    answers.push(...(await describe(session, part, options, signal)))
  const others = queries.filter(({ type }) => type !== 'topic')
  return others.length === 0 ? answers : [...answers, ...(await describeNodes(session, others, options, signal))]
}

/** Brokers are asked by id. kafkajs cannot name the cluster, so its values are read out of a broker's synonyms. */
async function describeNodes(
  session: Asking,
  queries: readonly ConfigQuery[],
  options: Reading,
  signal: AbortSignal
): Promise<ConfigAnswer[]> {
  const { brokers } = valueOf(await session.ask('Metadata', signal, (admin) => admin.describeCluster()))
  const living = brokers.map(({ nodeId }) => String(nodeId))
  const answers: ConfigAnswer[] = []
  for (const query of queries) {
    const { type, name } = query
    const id = type === 'cluster' ? living[0] : living.find((candidate) => candidate === name)
    if (id === undefined) {
      answers.push({ type, name, entries: [], error: notAlive(name) })
      continue
    }
    const synonyms = options.synonyms || type === 'cluster'
    const described = await describe(
      session,
      [{ ...query, type: 'broker', name: id }],
      { ...options, synonyms },
      signal
    )
    answers.push(...described.map((answer) => (type === 'cluster' ? ofCluster(answer) : answer)))
  }
  return answers
}

async function describe(
  session: Asking,
  queries: readonly ConfigQuery[],
  options: Reading,
  signal: AbortSignal
): Promise<ConfigAnswer[]> {
  const request = { resources: queries.map(toResource), includeSynonyms: options.synonyms }
  const outcome = await session.ask('DescribeConfigs', signal, (admin) => admin.describeConfigs(request))
  if ('refusal' in outcome) {
    // Not about one resource: halving would only repeat it.
    if (toItemError(outcome.refusal).code === 'UNAVAILABLE') return valueOf(outcome)
    const [only] = queries
    if (only !== undefined && queries.length === 1)
      return [{ type: only.type, name: only.name, entries: [], error: outcome.refusal }]
    const middle = Math.ceil(queries.length / 2)
    const first = await describe(session, queries.slice(0, middle), options, signal)
    return [...first, ...(await describe(session, queries.slice(middle), options, signal))]
  }
  const byKey = new Map(
    outcome.value.resources.map((resource) => [
      resultKey(resource.resourceType, resource.resourceName),
      resource.configEntries
    ])
  )
  return queries.map((query) => read(query, byKey.get(resourceKey(query)), options.share))
}

function toResource(query: ConfigQuery): ResourceConfigQuery {
  const configNames = keyNames(query)
  return {
    type: query.type === 'topic' ? topicResource : brokerResource,
    name: query.name,
    ...(configNames && { configNames })
  }
}

function resultKey(type: ConfigResourceTypes, name: string): string {
  return resourceKey({ type: type === topicResource ? 'topic' : 'broker', name })
}

function read(
  { type, name }: ConfigQuery,
  entries: readonly ConfigEntries[] | undefined,
  share: Reading['share']
): ConfigAnswer {
  if (entries) return { type, name, entries: entries.map((entry) => share(readEntry(entry))) }
  return { type, name, entries: [], error: notAnswered() }
}

function readEntry(entry: ConfigEntries): ConfigEntry {
  return {
    name: entry.configName,
    value: entry.configValue,
    source: configSource(entry.configSource),
    sensitive: entry.isSensitive,
    readOnly: entry.readOnly,
    // Version 2 of the request does not tell types.
    type: 0,
    synonyms:
      entry.configSynonyms.length === 0
        ? noSynonyms
        : entry.configSynonyms.map(({ configName, configValue, configSource: source }) => ({
            name: configName,
            value: configValue,
            source: configSource(source)
          }))
  }
}

/** What is set for the whole cluster, as platformatic would answer it. */
function ofCluster({ entries, ...answer }: ConfigAnswer): ConfigAnswer {
  const own = entries.flatMap((entry) => {
    const set = entry.synonyms.find(({ name, source }) => name === entry.name && source === 'cluster')
    return set ? [{ ...entry, value: set.value, source: set.source }] : []
  })
  return { ...answer, type: 'cluster', name: '', entries: own }
}
