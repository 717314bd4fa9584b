/**
 * Declared topic beside live topic.
 * @module
 */
import type { FieldChange, Json } from '../../../src/contract.ts'
import { compareConfig, undeclaredConfig, type ConfigScope } from '../config/compare.ts'
import { listEntries } from '../config/value.ts'
import { declaredCount, type TopicSpec, type TopicState } from './state.ts'

const scope: ConfigScope = { own: 'topic', above: ['topic'], floor: undefined }

/** Declared fields that differ; all declared fields when the topic does not exist. Pure. */
export function compareTopic(spec: TopicSpec, state: TopicState | undefined): readonly FieldChange[] {
  if (state === undefined) return creationFields(spec)
  return [...comparePartitions(spec, state), ...compareReplication(spec, state), ...compareConfig(spec.config ?? {}, state.config, scope).map((field) => guardMinInsync(field, state))]
}

/** Overrides nobody declared; known only after a complete reading. Pure. */
export function undeclaredTopicFields(spec: TopicSpec, state: TopicState): readonly FieldChange[] {
  return state.complete ? undeclaredConfig(spec.config ?? {}, state.config, scope) : []
}

function creationFields(spec: TopicSpec): readonly FieldChange[] {
  const declared: readonly (readonly [string, Json | undefined])[] = [
    ['partitions', declaredCount(spec.partitions)],
    ['replication-factor', declaredCount(spec['replication-factor'])],
    ...Object.entries(spec.config ?? {}).map(([key, value]) => [`config.${key}`, value] as const)
  ]
  return declared.flatMap(([path, after]) => (after === undefined || after === null ? [] : [{ path, before: null, after, risk: 'safe' }]))
}

function comparePartitions(spec: TopicSpec, state: TopicState): readonly FieldChange[] {
  const after = declaredCount(spec.partitions)
  if (after === undefined || after === state.partitions) return []
  const change = { path: 'partitions', before: state.partitions, after }
  if (after < state.partitions) {
    return [{ ...change, risk: 'unsupported', why: `Kafka cannot lower a number of partitions (${state.partitions} → ${after})` }]
  }
  const policy = state.config.get('cleanup.policy')?.value ?? ''
  if (!listEntries(policy).includes('compact')) return [{ ...change, risk: 'safe' }]
  return [{ ...change, risk: 'disruptive', why: 'more partitions of a compacted topic send keys to other partitions than before' }]
}

function compareReplication(spec: TopicSpec, state: TopicState): readonly FieldChange[] {
  const after = declaredCount(spec['replication-factor'])
  if (after === undefined || after === state.replicationFactor) return []
  const why = `the replication factor changes only by reassigning replicas (${state.replicationFactor} → ${after}), which is left to an operator`
  return [{ path: 'replication-factor', before: state.replicationFactor, after, risk: 'unsupported', why }]
}

/** More in-sync replicas than there are replicas would stop every producer that waits for all of them. */
function guardMinInsync(field: FieldChange, state: TopicState): FieldChange {
  const least = field.path === 'config.min.insync.replicas' && typeof field.after === 'string' ? field.after : '0'
  if (!(Number(least) > state.replicationFactor)) return field
  const why = `min.insync.replicas ${least} is more than the ${state.replicationFactor} replicas the topic has: producers with acks=all would fail`
  return { ...field, risk: 'unsupported', why }
}
