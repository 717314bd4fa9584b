/**
 * Declared topic beside live topic.
 * @module
 */
import type { FieldChange, Json } from '../../../src/plugin.ts'
import { declaredChanges, fieldOf, strayChanges, type ConfigScope, type KeyChange } from '../config/compare.ts'
import { fallbackOf } from '../config/effect.ts'
import { isSecret, rowOf, topicKeys, topicScope } from '../config/keys/index.ts'
import { judge, worst, type Hazard, type InEffect } from '../config/risk.ts'
import { listEntries } from '../config/types.ts'
import { declaredCount, type TopicSpec, type TopicState } from './state.ts'

const own = 'topic'
const scope: ConfigScope = { own, rows: topicKeys }
const leastInSync = 'min.insync.replicas'
const cleanup = topicScope.cleanup

/** Declared fields that differ; all declared fields when the topic does not exist. Pure. */
export function compareTopic(spec: TopicSpec, state: TopicState | undefined): readonly FieldChange[] {
  if (state === undefined) return creationFields(spec)
  const changes = configChanges(spec, state)
  const stray = state.exact ? strayConfig(spec, state) : []
  return [
    ...comparePartitions(spec, state, changes),
    ...compareReplication(spec, state),
    ...fieldsOf(changes, [...changes, ...stray], state)
  ]
}

/** Overrides nobody declared; known only after a complete reading. Pure. */
export function undeclaredTopicFields(spec: TopicSpec, state: TopicState): readonly FieldChange[] {
  if (!state.complete) return []
  const stray = strayConfig(spec, state)
  return fieldsOf(stray, [...configChanges(spec, state), ...stray], state)
}

/** Keys whose declared value differs from what the topic carries. Pure. */
export function configChanges(spec: TopicSpec, state: Pick<TopicState, 'config'>): readonly KeyChange[] {
  return declaredChanges(spec.config ?? {}, state.config, scope)
}

/** Keys the topic carries and nobody declared. Pure. */
export function strayConfig(spec: TopicSpec, state: Pick<TopicState, 'config'>): readonly KeyChange[] {
  return strayChanges(spec.config ?? {}, state.config, scope)
}

function creationFields(spec: TopicSpec): readonly FieldChange[] {
  const declared: readonly (readonly [string, Json | undefined])[] = [
    ['partitions', declaredCount(spec.partitions)],
    ['replication-factor', declaredCount(spec['replication-factor'])],
    ...Object.entries(spec.config ?? {}).map(([key, value]) => [`config.${key}`, shownOf(key, value)] as const)
  ]
  return declared.flatMap(([path, after]) =>
    after === undefined || after === null ? [] : [{ path, before: null, after, risk: 'safe' }]
  )
}

/** A file may hold anything, also what no topic has. A new topic is created from its declaration, not from fields. */
function shownOf(key: string, value: string | null): string | null {
  return value !== null && isSecret(key) ? '******' : value
}

/** `changes` as fields, each judged beside all that may be written with it. */
function fieldsOf(changes: readonly KeyChange[], all: readonly KeyChange[], state: TopicState): readonly FieldChange[] {
  if (changes.length === 0) return []
  const written = all.filter(({ refused }) => refused === undefined)
  const after = new Map(written.map((change) => [change.key, effectOf(change)]))
  const before: InEffect = new Map([...state.config].map(([key, { value }]) => [key, value]))
  const hazards = judge(after, before, topicScope)
  return changes.map((change) => {
    const known = [hazards.get(change.key), starvation(change, state)].filter((hazard) => hazard !== undefined)
    return fieldOf(change, own, worst(known))
  })
}

/** What will be in effect; null when it is not known. */
function effectOf({ key, entry, after }: KeyChange): string | null {
  if (after !== null) return after
  return entry === undefined ? null : fallbackOf(entry, rowOf(topicKeys, key), [own])
}

/** More in-sync replicas than there are replicas would stop every producer that waits for all of them. */
function starvation(change: KeyChange, { replicationFactor }: TopicState): Hazard | undefined {
  const least = change.key === leastInSync ? (effectOf(change) ?? '0') : '0'
  if (!(Number(least) > replicationFactor)) return undefined
  const more = `${leastInSync} ${least} is more than the ${replicationFactor} replicas the topic has`
  return { risk: 'unsupported', why: `${more}: producers with acks=all would fail` }
}

function comparePartitions(spec: TopicSpec, state: TopicState, changes: readonly KeyChange[]): readonly FieldChange[] {
  const after = declaredCount(spec.partitions)
  if (after === undefined || after === state.partitions) return []
  const change = { path: 'partitions', before: state.partitions, after }
  if (after < state.partitions) {
    return [
      {
        ...change,
        risk: 'unsupported',
        why: `Kafka cannot lower a number of partitions (${state.partitions} → ${after})`
      }
    ]
  }
  const next = changes.find(({ key }) => key === cleanup)
  const policies = [state.config.get(cleanup)?.value, next === undefined ? '' : effectOf(next)]
  if (!policies.some((policy) => listEntries(policy ?? '').includes('compact'))) return [{ ...change, risk: 'safe' }]
  return [
    {
      ...change,
      risk: 'disruptive',
      why: 'more partitions of a compacted topic send keys to other partitions than before'
    }
  ]
}

function compareReplication(spec: TopicSpec, state: TopicState): readonly FieldChange[] {
  const after = declaredCount(spec['replication-factor'])
  if (after === undefined || after === state.replicationFactor) return []
  const change = { path: 'replication-factor', before: state.replicationFactor, after }
  const moved = `(${state.replicationFactor} → ${after})`
  const why = `the replication factor changes only by reassigning replicas ${moved}, which is left to an operator`
  return [{ ...change, risk: 'unsupported', why }]
}
