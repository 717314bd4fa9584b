/**
 * What brokers give a new topic that leaves out how many replicas it has or needs. Never writes.
 * @module
 */
import type { Desired } from '../../../src/plugin.ts'
import type { ClusterMetadata, KafkaAdmin } from '../admin.ts'
import { firstBroker } from '../config/broker.ts'
import { declaredCount, type TopicDefaults, type TopicSpec } from './state.ts'

const keys = { replicationFactor: 'default.replication.factor', minInsyncReplicas: 'min.insync.replicas' } as const

/** One request of one broker where a new topic leaves one of the two out; else none. */
export async function topicDefaults(
  admin: KafkaAdmin,
  desired: readonly Desired<TopicSpec>[],
  brokers: ClusterMetadata['brokers'],
  missing: ReadonlySet<string>,
  signal: AbortSignal
): Promise<TopicDefaults> {
  const isOpen = ({ name, spec }: Desired<TopicSpec>): boolean =>
    missing.has(name) &&
    (declaredCount(spec['replication-factor']) === undefined ||
      typeof spec.config?.[keys.minInsyncReplicas] !== 'string')
  const entries = desired.some(isOpen) ? await firstBroker(admin, brokers, Object.values(keys), signal) : undefined
  const numberOf = (key: string): number | undefined => {
    const value = entries?.get(key)?.value ?? undefined
    return value === undefined ? undefined : Number(value)
  }
  return { replicationFactor: numberOf(keys.replicationFactor), minInsyncReplicas: numberOf(keys.minInsyncReplicas) }
}
