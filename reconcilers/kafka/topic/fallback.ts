/**
 * What a key falls back to when it is reset decides whether data is lost. It is asked for only where an override that
 * can cost data is about to go. Never writes.
 * @module
 */
import type { Desired } from '../../../src/contract.ts'
import type { ConfigAnswer, ConfigEntry, KafkaAdmin } from '../admin.ts'
import { isHazardous, retentionChain } from '../config/risk.ts'
import type { TopicSpec } from './state.ts'

type Answers = ReadonlyMap<string, ConfigAnswer>

/** The answers, with the chain of inheritance where it decides a risk: one request, two for `retention.ms`. */
export async function withFallbacks(admin: KafkaAdmin, desired: readonly Desired<TopicSpec>[], answers: Answers, signal: AbortSignal): Promise<Answers> {
  const resets = desired.flatMap((topic) => {
    const keys = hazardousResets(topic, answers.get(topic.name)?.entries ?? [])
    return keys.length === 0 ? [] : [{ type: 'topic', name: topic.name, keys } as const]
  })
  if (resets.length === 0) return answers
  const chained = await admin.describeConfigs(resets, { synonyms: true }, signal)
  const isRetentionOpen = chained.some(({ entries }) => entries.some(needsBroker))
  const retention = isRetentionOpen ? await brokerRetention(admin, signal) : []
  const completed = new Map(answers)
  for (const { name, entries } of chained) {
    const answer = answers.get(name)
    if (answer === undefined) continue
    const known = entries.map((entry) => (needsBroker(entry) ? { ...entry, synonyms: [...entry.synonyms, ...retention] } : entry))
    const merged = new Map([...answer.entries, ...known].map((entry) => [entry.name, entry]))
    completed.set(name, { ...answer, entries: [...merged.values()] })
  }
  return completed
}

/** Overrides about to be reset that can cost data. */
function hazardousResets({ spec, control }: Desired<TopicSpec>, entries: readonly ConfigEntry[]): readonly string[] {
  const declared = spec.config ?? {}
  const isReset = (key: string): boolean => declared[key] === null || (control.exact && !Object.hasOwn(declared, key))
  return entries.filter(({ name, source }) => source === 'topic' && isHazardous(name) && isReset(name)).map(({ name }) => name)
}

/** A topic's own synonyms do not show the coarser keys of the broker, not even when they are set in its file. */
function needsBroker({ name, synonyms }: ConfigEntry): boolean {
  return name === 'retention.ms' && synonyms.every(({ source }) => source === 'topic')
}

/** How long a broker keeps what says nothing itself. Empty where it may not be read: the risk then counts as the worst. */
async function brokerRetention(admin: KafkaAdmin, signal: AbortSignal): Promise<ConfigEntry['synonyms']> {
  const { brokers } = await admin.metadata([], signal)
  const [broker] = brokers
  if (broker === undefined) return []
  const [answer] = await admin.describeConfigs([{ type: 'broker', name: String(broker.id), keys: retentionChain }], { synonyms: false }, signal)
  const entries = new Map((answer?.entries ?? []).map((entry) => [entry.name, entry]))
  return retentionChain.flatMap((name) => {
    const entry = entries.get(name)
    return entry === undefined || entry.value === null ? [] : [{ name, value: entry.value, source: entry.source }]
  })
}
