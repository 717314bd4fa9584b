/**
 * Reads the cluster-wide configuration, and from every broker what it makes of the keys to judge. Never writes.
 * @module
 */
import { type Cycle, type Desired, type Observed, ReconcileError } from '../../../src/plugin.ts'
import type { KafkaAdmin } from '../admin.ts'
import { describeBrokers, type BrokerView } from '../config/broker.ts'
import type { Entries } from '../config/effect.ts'
import { clusterKeys, clusterScope, rowOf } from '../config/keys/index.ts'
import { companionsOf } from '../config/risk.ts'
import { readNodes } from '../nodes.ts'
import type { ClusterFacts, ClusterSpec, ClusterState } from './state.ts'

const name = 'default'
const brokerNotAvailable = 8

/**
 * One request for the cluster-wide keys and one to each live broker, and one for which are alive where this pass reads
 * no topics. None in a pass that is about other items.
 */
export async function observeCluster(
  admin: KafkaAdmin,
  desired: readonly Desired<ClusterSpec>[],
  cycle: Cycle
): Promise<Observed<ClusterState, ClusterFacts>> {
  const { signal } = cycle
  const declared = desired.flatMap(({ spec }) => Object.keys(spec.config ?? {}))
  const exact = desired.some(({ control }) => control.exact)
  const cannotWrite = admin.missing.get('cluster-config')
  const nothing = {
    unknownKeys: new Set<string>(),
    unaskedKeys: new Set(declared),
    silent: new Map<string, string>(),
    cannotWrite
  }
  if (cycle.scope !== 'all' && desired.length === 0) return { items: new Map(), facts: nothing }
  if (cannotWrite !== undefined)
    return { items: new Map([[name, { state: { own: new Map(), brokers: new Map(), exact } }]]), facts: nothing }

  const [cluster] = await admin.describeConfigs(
    [{ type: 'cluster', name: '', keys: 'all' }],
    { synonyms: false },
    signal
  )
  const own: Entries = new Map((cluster?.entries ?? []).map((entry) => [entry.name, { ...entry, source: 'cluster' }]))
  const views =
    cluster?.error === undefined ? await viewsOf(admin, exact ? [...declared, ...own.keys()] : declared, cycle) : []
  const refused =
    cluster?.error ?? views.flatMap((view) => ('refused' in view && !isAway(view) ? [view.refused] : []))[0]
  if (refused !== undefined) return { items: new Map([[name, { refused: refused.message }]]), facts: nothing }

  const brokers = new Map(views.flatMap((view) => ('entries' in view ? [[view.id, view.entries] as const] : [])))
  const facts = {
    unknownKeys: unknownKeys(declared, [...brokers.values()]),
    unaskedKeys: new Set<string>(),
    silent: silentOf(views),
    cannotWrite
  }
  return { items: new Map([[name, { state: { own, brokers, exact } }]]), facts }
}

/** What every broker says of these keys and of all that decides with them. Throws when none answers. */
async function viewsOf(admin: KafkaAdmin, keys: readonly string[], cycle: Cycle): Promise<readonly BrokerView[]> {
  if (keys.length === 0) return []
  const { brokers } = await readNodes(admin, cycle)
  const views = await describeBrokers(admin, brokers, keysToJudge(keys), cycle.signal)
  if (views.some((view) => !('silent' in view) && !isAway(view))) return views
  const [first] = views
  throw first !== undefined && 'silent' in first
    ? first.silent
    : new ReconcileError('UNAVAILABLE', 'the cluster lists no live broker')
}

/** A broker that went between two requests. */
function isAway(view: BrokerView): boolean {
  return 'refused' in view && view.refused.code === brokerNotAvailable
}

function keysToJudge(keys: readonly string[]): readonly string[] {
  const deciding = keys.flatMap((key) => [key, ...companionsOf(key, clusterScope)])
  const coarser = deciding.flatMap((key) => (rowOf(clusterKeys, key)?.coarser ?? []).map((each) => each.key))
  return [...new Set([...deciding, ...coarser])]
}

/** The cluster itself takes any key; a broker knows which exist. */
function unknownKeys(declared: readonly string[], brokers: readonly Entries[]): ReadonlySet<string> {
  return new Set(declared.filter((key) => !isHidden(key) && !brokers.some((entries) => entries.has(key))))
}

/** Brokers take more than they show: rates of throttles, and keys of one listener, are shown while they are set. */
function isHidden(key: string): boolean {
  const row = rowOf(clusterKeys, key)
  return row !== undefined && (row.never !== undefined || !clusterKeys.has(key))
}

function silentOf(views: readonly BrokerView[]): ReadonlyMap<string, string> {
  return new Map(
    views.flatMap((view): [string, string][] => {
      if ('silent' in view) return [[view.id, view.silent.code]]
      return isAway(view) ? [[view.id, 'it went away']] : []
    })
  )
}
