/**
 * Rules over declared topics that need no comparison of fields.
 * @module
 */
import type { CheckContext, Desired, Observed, Remark } from '../../../src/contract.ts'
import { didYouMean } from '../../../src/parse/nearest.ts'
import { topicKeys } from '../config/known-keys.ts'
import { declaredCount, type TopicFacts, type TopicSpec, type TopicState } from './state.ts'

type Topic = Desired<TopicSpec>
type Seen = Observed<TopicState, TopicFacts>

const longestName = 249

/** All remarks about all topics; those about the live cluster only when it was observed. Pure. */
export function checkTopics(desired: readonly Topic[], { observed }: CheckContext<TopicState, TopicFacts>): readonly Remark[] {
  return [
    ...desired.flatMap(checkName),
    ...checkCollisions(desired, observed),
    ...desired.flatMap((topic) => checkKeys(topic, observed)),
    ...desired.flatMap(checkMinInsync),
    ...(observed === undefined ? [] : desired.flatMap((topic) => checkBrokers(topic, observed)))
  ]
}

/** Rules of org.apache.kafka.common.internals.Topic. */
function checkName({ name }: Topic): Remark[] {
  const invalid = (message: string): Remark[] => [{ name, verdict: 'invalid', code: 'NAME', path: [], message }]
  if (name === '.' || name === '..') return invalid(`expected a topic name, found "${name}", which Kafka reserves`)
  if (name.length > longestName) return invalid(`expected at most ${longestName} characters, found ${name.length}; shorten the name`)
  const bad = /[^a-zA-Z0-9._-]/u.exec(name)
  return bad === null ? [] : invalid(`expected only letters, digits, ".", "_" and "-", found ${JSON.stringify(bad[0])}; rename the topic`)
}

/** Metric names turn "." into "_", so Kafka refuses a topic that differs from another only there. */
function checkCollisions(desired: readonly Topic[], observed: Seen | undefined): Remark[] {
  const declared = new Set(desired.map(({ name }) => name))
  const byMetric = Map.groupBy(new Set([...declared, ...(observed?.facts.names ?? [])]), (name) => name.replaceAll('.', '_'))
  return desired.flatMap(({ name }): Remark[] => {
    const others = byMetric.get(name.replaceAll('.', '_'))?.filter((candidate) => candidate !== name) ?? []
    const other = others.find((candidate) => declared.has(candidate)) ?? others[0]
    const isLive = observed?.items.has(name) === true
    if (other === undefined || (isLive && !declared.has(other))) return []
    const where = declared.has(other) ? 'which is declared too' : 'which exists'
    const message = `expected a name that differs from others in more than "." and "_", found "${name}" beside "${other}", ${where}; rename one`
    return [{ name, verdict: 'invalid', code: 'NAME_COLLISION', path: [], message }]
  })
}

function checkKeys({ name, spec }: Topic, observed: Seen | undefined): Remark[] {
  return Object.keys(spec.config ?? {}).flatMap((key): Remark[] => {
    const base = { name, code: 'UNKNOWN_KEY', path: ['config', key] }
    if (observed?.facts.unknownKeys.has(key) === true) {
      return [{ ...base, verdict: 'invalid', message: `expected a topic configuration key, found "${key}", which this broker does not know${didYouMean(key, topicKeys)}` }]
    }
    if (observed !== undefined || topicKeys.includes(key)) return []
    return [{ ...base, verdict: 'warn', message: `expected a known topic configuration key, found "${key}"${didYouMean(key, topicKeys)}; the broker decides` }]
  })
}

function checkMinInsync({ name, spec }: Topic): Remark[] {
  const replicas = declaredCount(spec['replication-factor'])
  const least = Number(spec.config?.['min.insync.replicas'] ?? Number.NaN)
  if (replicas === undefined || Number.isNaN(least) || least < replicas || (replicas === 1 && least === 1)) return []
  const base = { name, code: 'MIN_INSYNC_REPLICAS', path: ['config', 'min.insync.replicas'] }
  if (least > replicas) {
    const message = `expected at most the replication factor ${replicas}, found ${least}: producers with acks=all would fail`
    return [{ ...base, verdict: 'invalid', message }]
  }
  const message = `expected less than the replication factor ${replicas}, found ${least}: producers with acks=all fail as soon as one broker is down`
  return [{ ...base, verdict: 'warn', message }]
}

function checkBrokers({ name, spec }: Topic, observed: Seen): Remark[] {
  const replicas = declaredCount(spec['replication-factor'])
  const { liveBrokers } = observed.facts
  if (observed.items.has(name) || replicas === undefined || replicas <= liveBrokers) return []
  const message = `replication factor ${replicas} needs ${replicas} live brokers, there ${liveBrokers === 1 ? 'is 1' : `are ${liveBrokers}`}`
  return [{ name, verdict: 'hold', code: 'TOO_FEW_BROKERS', path: ['replication-factor'], message }]
}
