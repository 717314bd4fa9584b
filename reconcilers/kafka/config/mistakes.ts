/**
 * Names people write for others: the nearest name by letters is not what they mean.
 * @module
 */
import { didYouMean } from '../../../src/parse/nearest.ts'
import { brokerKeyOf, clusterKeys, topicKeys } from './keys/index.ts'

const age = ['retention', 'retention.seconds', 'retention.minutes', 'retention.hours', 'retention.days', 'retention.time']
const size = ['retention.size', 'retention.kb', 'retention.mb', 'retention.gb', 'max.retention.bytes']
const rolls = ['segment.seconds', 'segment.minutes', 'segment.hours', 'segment.days', 'segment.time', 'roll.ms']
const insync = ['min.isr', 'min.insync', 'min.in.sync.replicas', 'min.replicas', 'insync.replicas']

/** Wrong name → topic key. */
const written: Readonly<Record<string, string>> = {
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

const fields: Readonly<Record<string, string>> = {
  ...named(['partition', 'num.partitions', 'num-partitions', 'numPartitions', 'partition-count', 'partitionCount'], 'partitions'),
  ...named(
    ['replicas', 'replica', 'replication', 'replication.factor', 'replication_factor', 'replicationFactor', 'rf'],
    'replication-factor'
  ),
  ...named(['default.replication.factor', 'replicas.count', 'num.replicas'], 'replication-factor'),
  ...named(['configs', 'configuration', 'settings', 'properties', 'options'], 'config')
}

/** Fields of a topic that go by other names, and keys that belong below `config`. */
export const misplacedFields: Readonly<Record<string, string>> = {
  ...named([...topicKeys.keys(), ...Object.keys(written)], 'config'),
  ...fields
}

/** Wrong name → topic key: what brokers call it, the units Kafka does not have, and usual slips. */
const ofTopics = new Map([...broker(topicKeys), ...[...brokerKeyOf].map(([key, name]): [string, string] => [name, key]), ...Object.entries(written)])

/** Wrong name → broker key: what topics call it, the units that only a broker's file has, and usual slips. */
const ofCluster = new Map([...broker(clusterKeys), ...brokerKeyOf, ...Object.entries(written).flatMap(([wrong, key]) => inherited(wrong, key))])

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

function meant(key: string, mistakes: ReadonlyMap<string, string>, known: Iterable<string>): string {
  const right = mistakes.get(key)
  return right === undefined || right === key ? didYouMean(key, known) : `; did you mean "${right}"?`
}

function named(wrong: readonly string[], right: string): Readonly<Record<string, string>> {
  return Object.fromEntries(wrong.map((name) => [name, right]))
}

/** Coarser keys of a broker's file → the key they stand behind. */
function broker(rows: typeof topicKeys): readonly (readonly [string, string])[] {
  return [...rows].flatMap(([key, { coarser = [] }]) => coarser.map((each) => [each.key, key] as const))
}

function inherited(wrong: string, key: string): readonly (readonly [string, string])[] {
  const name = brokerKeyOf.get(key)
  return name === undefined ? [] : [[wrong, name]]
}
