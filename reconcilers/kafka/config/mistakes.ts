/**
 * Names people write for others: the nearest name by letters is not what they mean.
 * @module
 */
import { didYouMean, type UsualMistakes } from '../../../src/plugin.ts'
import { brokerKeyOf, clusterKeys, topicKeys, type KeyTable } from './keys/index.ts'

const age = [
  'retention',
  'retention.seconds',
  'retention.minutes',
  'retention.hours',
  'retention.days',
  'retention.time'
]
const size = ['retention.size', 'retention.kb', 'retention.mb', 'retention.gb', 'max.retention.bytes']
const rolls = ['segment.seconds', 'segment.minutes', 'segment.hours', 'segment.days', 'segment.time', 'roll.ms']
const insync = ['min.isr', 'min.insync', 'min.in.sync.replicas', 'min.replicas', 'insync.replicas']

/** Wrong name → topic key. */
const written: UsualMistakes = {
  ...named(age, 'retention.ms'),
  ...named(size, 'retention.bytes'),
  ...named(rolls, 'segment.ms'),
  ...named(insync, 'min.insync.replicas'),
  ...named(['segment.size', 'segment.mb', 'max.segment.bytes'], 'segment.bytes'),
  ...named(['cleanup', 'policy', 'retention.policy', 'cleanup.policies'], 'cleanup.policy'),
  ...named(['compression', 'compression.codec', 'codec'], 'compression.type'),
  ...named(['max.message.size', 'message.size', 'max.request.size', 'message.bytes'], 'max.message.bytes'),
  ...named(['timestamp.type', 'message.timestamp'], 'message.timestamp.type'),
  ...named(['unclean.leader.election', 'unclean.election'], 'unclean.leader.election.enable'),
  ...named(['tombstone.retention.ms', 'tombstone.ms'], 'delete.retention.ms'),
  ...named(['tiered.storage', 'tiered.storage.enable', 'remote.storage', 'remote.enable'], 'remote.storage.enable')
}

const configFields = named(['configs', 'configuration', 'settings', 'properties', 'options'], 'config')

/** Wrong name → field of a topic. */
const fields: UsualMistakes = {
  ...named(['partition', 'num.partitions', 'num-partitions', 'numPartitions'], 'partitions'),
  ...named(['partition-count', 'partitionCount', 'partitions-count'], 'partitions'),
  ...named(
    ['replicas', 'replica', 'replication', 'replication.factor', 'replication_factor', 'replicationFactor', 'rf'],
    'replication-factor'
  ),
  ...named(['default.replication.factor', 'replicas.count', 'num.replicas'], 'replication-factor'),
  ...configFields
}

/** Wrong name → topic key: what brokers call it, the units Kafka does not have, and usual slips. */
const ofTopics: UsualMistakes = {
  ...Object.fromEntries(coarserKeys(topicKeys)),
  ...Object.fromEntries([...brokerKeyOf].map(([key, name]) => [name, key])),
  ...written
}

/** Wrong name → broker key: what topics call it, the units that only a broker's file has, and usual slips. */
const ofCluster: UsualMistakes = {
  ...Object.fromEntries(coarserKeys(clusterKeys)),
  ...Object.fromEntries(brokerKeyOf),
  ...Object.fromEntries(Object.entries(written).flatMap(([wrong, key]) => inherited(wrong, key)))
}

/** Fields of a topic that go by other names, and keys that belong below `config`. */
export const misplacedInTopics: UsualMistakes = { ...belowConfig(topicKeys.keys(), ofTopics), ...fields }

/** Keys of the cluster that belong below `config`. */
export const misplacedInCluster: UsualMistakes = { ...belowConfig(clusterKeys.keys(), ofCluster), ...configFields }

/** A hint to append to a message about a key of a topic, `''` when nothing known can be meant. Pure. */
export function meantByTopicKey(key: string): string {
  const field = fields[key]
  if (field !== undefined && field !== 'config') return `; did you mean the field "${field}" beside "config"?`
  return meant(key, ofTopics, topicKeys.keys())
}

/** The same for a key of the cluster. Pure. */
export function meantByClusterKey(key: string): string {
  return meant(key, ofCluster, clusterKeys.keys())
}

/** A key is no mistake for itself, though topics and brokers may use its name for different ones. */
function meant(key: string, mistakes: UsualMistakes, known: Iterable<string>): string {
  return didYouMean(key, known, mistakes[key] === key ? {} : mistakes)
}

function named(wrong: readonly string[], right: string): UsualMistakes {
  return Object.fromEntries(wrong.map((name) => [name, right]))
}

/** What only topics have, nobody means by a key of the cluster. */
function inherited(wrong: string, key: string): readonly (readonly [string, string])[] {
  const name = brokerKeyOf.get(key)
  return name === undefined ? [] : [[wrong, name]]
}

function belowConfig(keys: Iterable<string>, mistakes: UsualMistakes): UsualMistakes {
  const meantKeys = [...keys].map((key): [string, string] => [key, key])
  return Object.fromEntries(
    [...Object.entries(mistakes), ...meantKeys].map(([wrong, right]) => [wrong, `config.${right}`])
  )
}

/** Coarser keys of a broker's file → the key they stand behind. */
function coarserKeys(rows: KeyTable): readonly (readonly [string, string])[] {
  return [...rows].flatMap(([key, { coarser = [] }]) => coarser.map((each) => [each.key, key] as const))
}
