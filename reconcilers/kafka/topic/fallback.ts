/**
 * What else has to be known to judge the changes of topics: what a key falls back to when it is reset, and the keys
 * that decide with it what is deleted. Asked for only where such a change is due. Never writes.
 * @module
 */
import type { Desired } from '../../../src/plugin.ts'
import type { ClusterMetadata, ConfigAnswer, ConfigEntry, KafkaAdmin } from '../admin.ts'
import { firstBroker } from '../config/broker.ts'
import { withCoarser, type Entries } from '../config/effect.ts'
import { rowOf, topicKeys, topicScope } from '../config/keys/index.ts'
import { companionsOf } from '../config/risk.ts'
import { configChanges, strayConfig } from './compare.ts'
import type { TopicSpec } from './state.ts'

type Answers = ReadonlyMap<string, ConfigAnswer>

/** The topics to judge, and the brokers that may be asked beside them. */
interface Judged {
  readonly desired: readonly Desired<TopicSpec>[]
  readonly brokers: ClusterMetadata['brokers']
  readonly signal: AbortSignal
}

/** The answers with all that decides a risk: one request, and another one where coarser keys of a broker decide. */
export async function withFallbacks(
  admin: KafkaAdmin,
  answers: Answers,
  { desired, brokers, signal }: Judged
): Promise<Answers> {
  const queries = desired.flatMap((topic) => {
    const keys = keysToJudge(topic, answers.get(topic.name)?.entries ?? [])
    return keys.length === 0 ? [] : [{ type: 'topic', name: topic.name, keys } as const]
  })
  if (queries.length === 0) return answers
  const chained = await admin.describeConfigs(queries, { synonyms: true }, signal)
  const coarser = coarserKeys(chained.flatMap(({ entries }) => entries))
  const broker: Entries = coarser.length === 0 ? new Map() : await firstBroker(admin, brokers, coarser, signal)
  const completed = new Map(answers)
  for (const { name, entries } of chained) {
    const answer = answers.get(name)
    if (answer === undefined) continue
    const known = entries.map((entry) => (isOpen(entry) ? chainOf(entry, broker) : entry))
    const merged = new Map([...answer.entries, ...known].map((entry) => [entry.name, entry]))
    completed.set(name, { ...answer, entries: [...merged.values()] })
  }
  return completed
}

/** Keys that are about to be reset and can hurt, and those not yet known that decide with the changed ones. */
function keysToJudge({ spec, control }: Desired<TopicSpec>, entries: readonly ConfigEntry[]): readonly string[] {
  const config: Entries = new Map(entries.map((entry) => [entry.name, entry]))
  const changes = [...configChanges(spec, { config }), ...(control.exact ? strayConfig(spec, { config }) : [])]
  const keys = changes.flatMap(({ key, after, entry, refused }) => {
    const effects = rowOf(topicKeys, key)?.effects ?? []
    if (refused !== undefined || entry === undefined || effects.length === 0) return []
    const unknown = companionsOf(key, topicScope).filter((companion) => !config.has(companion))
    return [...(after === null ? [key] : []), ...unknown]
  })
  return [...new Set(keys)]
}

/** A topic does not show the coarser keys of a broker, not even when they are set in its file. */
function isOpen({ name, source, synonyms }: ConfigEntry): boolean {
  const isShown = synonyms.some((synonym) => synonym.source !== 'topic')
  return source === 'topic' && !isShown && rowOf(topicKeys, name)?.coarser !== undefined
}

function coarserKeys(entries: readonly ConfigEntry[]): readonly string[] {
  const keys = entries.filter(isOpen).flatMap(({ name }) => {
    const { broker, coarser = [] } = rowOf(topicKeys, name) ?? {}
    return [...(broker === undefined ? [] : [broker]), ...coarser.map(({ key }) => key)]
  })
  return [...new Set(keys)]
}

function chainOf(entry: ConfigEntry, broker: Entries): ConfigEntry {
  const row = rowOf(topicKeys, entry.name)
  const nearest = row?.broker === undefined ? undefined : broker.get(row.broker)
  const set =
    nearest === undefined || nearest.value === null
      ? []
      : [{ name: nearest.name, value: nearest.value, source: nearest.source }]
  return withCoarser({ ...entry, synonyms: [...entry.synonyms, ...set] }, row, broker)
}
