/**
 * Declared cluster-wide configuration beside what is set, judged by what it changes on each broker.
 * @module
 */
import type { FieldChange } from '../../../src/plugin.ts'
import type { ConfigEntry, ConfigSource } from '../admin.ts'
import { declaredChanges, fieldOf, strayChanges, type ConfigScope, type KeyChange } from '../config/compare.ts'
import { fallbackOf, typeOf, withCoarser, type Entries } from '../config/effect.ts'
import { clusterKeys, clusterScope, rowOf } from '../config/keys/index.ts'
import { judge, worst, type Hazard, type InEffect } from '../config/risk.ts'
import { sameValue } from '../config/types.ts'
import type { ClusterSpec, ClusterState } from './state.ts'

const own = 'cluster'
const scope: ConfigScope = { own, rows: clusterKeys }
const { cleanup } = clusterScope

/** Sources that a reset for the whole cluster leaves behind, or that win over it. */
const above: readonly ConfigSource[] = ['topic', 'broker', 'cluster']

const everywhere: Hazard = { risk: 'disruptive', why: 'it changes every broker at once' }

/** Declared keys that differ. Pure. */
export function compareCluster(spec: ClusterSpec, state: ClusterState | undefined): readonly FieldChange[] {
  if (state === undefined) return []
  const changes = declaredChanges(spec.config ?? {}, entriesOf(spec, state), scope)
  const stray = state.exact ? strayOf(spec, state) : []
  return fieldsOf(changes, [...changes, ...stray], state)
}

/** Keys that are set and that nobody declared. Pure. */
export function undeclaredClusterFields(spec: ClusterSpec, state: ClusterState): readonly FieldChange[] {
  const stray = strayOf(spec, state)
  return fieldsOf(stray, [...declaredChanges(spec.config ?? {}, entriesOf(spec, state), scope), ...stray], state)
}

function strayOf(spec: ClusterSpec, { own: set }: ClusterState): readonly KeyChange[] {
  return strayChanges(spec.config ?? {}, set, scope)
}

/** What is set for the cluster; where nothing is set, what a broker has in effect, a broker that differs first. */
function entriesOf({ config = {} }: ClusterSpec, { own: set, brokers }: ClusterState): Entries {
  const views = [...brokers.values()]
  const entries = Object.entries(config).flatMap(([key, value]): [string, ConfigEntry][] => {
    const shown = views.flatMap((view) => view.get(key) ?? [])
    const differs = (entry: ConfigEntry): boolean =>
      value === null || entry.value === null || !sameValue(typeOf(clusterKeys, key, entry), entry.value, value)
    const entry = withSource(set.get(key), shown[0]) ?? shown.find(differs) ?? shown[0]
    return entry === undefined ? [] : [[key, entry]]
  })
  return new Map([...set, ...entries])
}

/** The cluster shows a value as it was written, and a broker what kind of key it is. */
function withSource(set: ConfigEntry | undefined, shown: ConfigEntry | undefined): ConfigEntry | undefined {
  return set === undefined ? undefined : { ...(shown ?? set), value: set.value, source: own }
}

function fieldsOf(
  changes: readonly KeyChange[],
  all: readonly KeyChange[],
  state: ClusterState
): readonly FieldChange[] {
  if (changes.length === 0) return []
  const written = all.filter(({ refused }) => refused === undefined)
  const judged = [...state.brokers.values()].flatMap((broker) => judgeOn(broker, written))
  return changes.map((change) => {
    const hazards = judged.flatMap((hazard) => hazard.get(change.key) ?? [])
    return fieldOf(change, own, worst([...hazards, everywhere]))
  })
}

/** What the changes do on one broker: to topics that inherit everything, and to topics with their own `cleanup.policy`. */
function judgeOn(broker: Entries, changes: readonly KeyChange[]): readonly ReadonlyMap<string, Hazard>[] {
  const entries = new Map([...broker].map(([key, entry]) => [key, withCoarser(entry, rowOf(clusterKeys, key), broker)]))
  const before: InEffect = new Map([...entries].map(([key, { value }]) => [key, value]))
  const after = new Map(
    changes.flatMap(({ key, after: value }): [string, string | null][] => {
      const entry = entries.get(key)
      // What the broker has of its own stays in effect.
      if (entry?.source === 'broker') return []
      if (value !== null) return [[key, value]]
      return [[key, entry === undefined ? null : fallbackOf(entry, rowOf(clusterKeys, key), above)]]
    })
  )
  const fixed = new Map([...before, [cleanup, 'compact,delete']])
  const rest = new Map([...after].filter(([key]) => key !== cleanup))
  return [judge(after, before, clusterScope), judge(rest, fixed, clusterScope)]
}
