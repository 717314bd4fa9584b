/**
 * Rules over declared topics that need no comparison of fields.
 * @module
 */
import type { CheckContext, Desired, Observed, Remark } from '../../../src/plugin.ts'
import { checkConfig, type KeyRules } from '../config/check.ts'
import { topicKeys } from '../config/keys/index.ts'
import { meantByTopicKey } from '../config/mistakes.ts'
import { declaredCount, type TopicFacts, type TopicSpec, type TopicState } from './state.ts'

type Topic = Desired<TopicSpec>
type Seen = Observed<TopicState, TopicFacts>

const longestName = 249
const minInsync = 'min.insync.replicas'
const keyRules: KeyRules = { rows: topicKeys, noun: 'topic configuration key', meant: meantByTopicKey }

/** All remarks about the topics of the scope; those about the live cluster only when it was observed. Pure. */
export function checkTopics(
  desired: readonly Topic[],
  { observed, scope = 'all' }: CheckContext<TopicState, TopicFacts>
): readonly Remark[] {
  const asked = scope === 'all' ? desired : desired.filter(({ key }) => scope.has(key))
  return [
    ...asked.flatMap(checkName),
    ...checkCollisions(asked, desired, observed),
    ...asked.flatMap(({ name, spec }) => checkConfig(name, spec.config ?? {}, keyRules, observed?.facts)),
    ...asked.flatMap((topic) => checkMinInsync(topic, observed)),
    ...(observed === undefined ? [] : asked.flatMap((topic) => checkBrokers(topic, observed)))
  ]
}

/** Rules of org.apache.kafka.common.internals.Topic. */
function checkName({ name }: Topic): Remark[] {
  const invalid = (message: string): Remark[] => [{ name, verdict: 'invalid', code: 'NAME', path: [], message }]
  if (name === '.' || name === '..') return invalid(`expected a topic name, found "${name}", which Kafka reserves`)
  if (name.length > longestName)
    return invalid(`expected at most ${longestName} characters, found ${name.length}; shorten the name`)
  const bad = /[^a-zA-Z0-9._-]/u.exec(name)
  return bad === null
    ? []
    : invalid(`expected only letters, digits, ".", "_" and "-", found ${JSON.stringify(bad[0])}; rename the topic`)
}

/** Metric names turn "." into "_", so Kafka refuses a topic that differs from another only there. */
function checkCollisions(asked: readonly Topic[], desired: readonly Topic[], observed: Seen | undefined): Remark[] {
  const metrics = new Set(asked.map(({ name }) => metricNameOf(name)))
  const declared = new Set(desired.flatMap(({ name }) => (metrics.has(metricNameOf(name)) ? [name] : [])))
  const byMetric = Map.groupBy(new Set([...declared, ...(observed?.facts.names ?? [])]), metricNameOf)
  return asked.flatMap(({ name }): Remark[] => {
    const others = byMetric.get(metricNameOf(name))?.filter((candidate) => candidate !== name) ?? []
    const other = others.find((candidate) => declared.has(candidate)) ?? others[0]
    const isLive = observed?.items.has(name) === true
    if (other === undefined || (isLive && !declared.has(other))) return []
    const where = declared.has(other) ? 'which is declared too' : 'which exists'
    const message = `expected a name that differs from others in more than "." and "_", found "${name}" beside "${other}", ${where}; rename one`
    return [{ name, verdict: 'invalid', code: 'NAME_COLLISION', path: [], message }]
  })
}

function metricNameOf(name: string): string {
  return name.replaceAll('.', '_')
}

/** How many replicas a topic has, or how many of them acks=all needs, and in which words to speak of that. */
interface Count {
  readonly value: number
  readonly words: string
  readonly isDeclared: boolean
}

/** What a topic declares; what a broker gives it where it does not exist yet and declares nothing. */
function checkMinInsync({ name, spec }: Topic, observed: Seen | undefined): Remark[] {
  const given = observed?.facts.missing.has(name) === true ? observed.facts.defaults : undefined
  const replicas = countOf(
    declaredCount(spec['replication-factor']),
    given?.replicationFactor,
    ' that brokers give by default'
  )
  const least = countOf(wholeNumber(spec.config?.[minInsync]), given?.minInsyncReplicas, ', the default of the brokers')
  if (replicas === undefined || least === undefined || isEnough(replicas.value, least.value)) return []
  const path = least.isDeclared ? ['config', minInsync] : []
  const factor = `the replication factor ${replicas.words}`
  const base = { name, code: 'MIN_INSYNC_REPLICAS', path }
  if (least.value > replicas.value) {
    const fails = 'producers with acks=all would fail'
    const message = `expected ${minInsync} of at most ${factor}, found ${least.words}: ${fails}`
    return [{ ...base, verdict: least.isDeclared && replicas.isDeclared ? 'invalid' : 'warn', message }]
  }
  const down = 'producers with acks=all fail as soon as one broker is down'
  return [
    { ...base, verdict: 'warn', message: `expected ${minInsync} of less than ${factor}, found ${least.words}: ${down}` }
  ]
}

function countOf(declared: number | undefined, given: number | undefined, givenBy: string): Count | undefined {
  if (declared !== undefined) return { value: declared, words: String(declared), isDeclared: true }
  return given === undefined ? undefined : { value: given, words: `${given}${givenBy}`, isDeclared: false }
}

/** Whether acks=all works with one broker down, or there is but one. */
function isEnough(replicas: number, least: number): boolean {
  return least < replicas || (replicas === 1 && least === 1)
}

/** undefined for what is not declared, reset, or no number. */
function wholeNumber(value: string | null | undefined): number | undefined {
  return typeof value === 'string' && /^\s*\+?\d+\s*$/.test(value) ? Number(value) : undefined
}

/** What a topic needs, be it declared or what brokers give by default: with fewer alive the broker would refuse it. */
function checkBrokers({ name, spec }: Topic, observed: Seen): Remark[] {
  const { liveBrokers, missing, defaults } = observed.facts
  const declared = declaredCount(spec['replication-factor'])
  const replicas = declared ?? defaults.replicationFactor
  if (!missing.has(name) || replicas === undefined || replicas <= liveBrokers) return []
  const factor = countOf(declared, replicas, ', the default of the brokers,')?.words
  const message = `replication factor ${factor} needs ${replicas} live brokers, there ${liveBrokers === 1 ? 'is 1' : `are ${liveBrokers}`}`
  const path = declared === undefined ? [] : ['replication-factor']
  return [{ name, verdict: 'hold', code: 'TOO_FEW_BROKERS', path, message }]
}
