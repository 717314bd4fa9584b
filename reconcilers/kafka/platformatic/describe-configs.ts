/**
 * DescribeConfigs v4: configuration entries of topics, brokers and the cluster, with where each value comes from.
 * @module
 */
import type { describeConfigsV4 } from '@platformatic/kafka'
import type { ConfigAnswer, ConfigEntry, ConfigQuery } from '../admin.ts'
import { itemError, notAlive, notAnswered } from '../broker-errors.ts'
import { configSource, keyNames, resourceKey } from '../config-values.ts'
import { noSynonyms, sharedEntries } from '../shared-entries.ts'
import type { Asking } from './cluster.ts'
import { type Batch, batch, brokerResource, resourceType } from './resources.ts'

/** One request per 1,000 resources, one after the other: a broker serves a connection serially anyway. */
export async function describeConfigs(
  cluster: Asking,
  queries: readonly ConfigQuery[],
  options: { readonly synonyms: boolean },
  signal: AbortSignal
): Promise<ConfigAnswer[]> {
  const { batches, absent } = await batch(cluster, queries, signal)
  const answers = absent.map(({ type, name }): ConfigAnswer => ({ type, name, entries: [], error: notAlive(name) }))
  const share = sharedEntries()
  for (const part of batches) answers.push(...(await describe(cluster, part, { ...options, share }, signal)))
  return answers
}

interface Reading {
  readonly synonyms: boolean
  readonly share: (entry: ConfigEntry) => ConfigEntry
}

async function describe(
  cluster: Asking,
  { target, resources }: Batch<ConfigQuery>,
  { synonyms, share }: Reading,
  signal: AbortSignal
): Promise<ConfigAnswer[]> {
  const asked = resources.map((query) => ({
    resourceType: resourceType(query),
    resourceName: query.name,
    configurationKeys: keyNames(query) ?? null
  }))
  const { results, throttleTimeMs } = await cluster.ask('DescribeConfigs', target, signal, ({ client, connection }) =>
    client.describeConfigsV4.api.async(connection, asked, synonyms, false)
  )
  const byKey = new Map(results.map((result) => [resultKey(result.resourceType, result.resourceName), result]))
  return resources.map(({ type, name }): ConfigAnswer => {
    const result = byKey.get(resourceKey({ type, name }))
    const error = result ? itemError(result.errorCode, result.errorMessage, throttleTimeMs) : notAnswered()
    return {
      type,
      name,
      entries: result?.configs.map((entry) => share(readEntry(entry))) ?? [],
      ...(error && { error })
    }
  })
}

function resultKey(type: number, name: string): string {
  if (type !== brokerResource) return resourceKey({ type: 'topic', name })
  return resourceKey({ type: name === '' ? 'cluster' : 'broker', name })
}

function readEntry(entry: describeConfigsV4.DescribeConfigsResponseConfig): ConfigEntry {
  const { name, value, isSensitive, readOnly, configType, synonyms } = entry
  return {
    name,
    value: value ?? null,
    source: configSource(entry.configSource),
    sensitive: isSensitive,
    readOnly,
    type: configType,
    synonyms:
      synonyms.length === 0
        ? noSynonyms
        : synonyms.map(({ name: behind, value: theirs, source }) => ({
            name: behind,
            value: theirs ?? null,
            source: configSource(source)
          }))
  }
}
