/**
 * Rules over declared cluster-wide configuration, and what single brokers make of it.
 * @module
 */
import { type CheckContext, coversPath, type Desired, type Observed, type Remark } from '../../../src/plugin.ts'
import type { ConfigEntry } from '../admin.ts'
import { checkConfig, type KeyRules } from '../config/check.ts'
import { typeOf } from '../config/effect.ts'
import { clusterKeys } from '../config/keys/index.ts'
import { meantByClusterKey } from '../config/mistakes.ts'
import { sameValue } from '../config/types.ts'
import type { ClusterFacts, ClusterSpec, ClusterState } from './state.ts'

type Cluster = Desired<ClusterSpec>
type Seen = Observed<ClusterState, ClusterFacts>

const keyRules: KeyRules = { rows: clusterKeys, noun: 'cluster-wide configuration key', meant: meantByClusterKey }

/** All remarks; those about brokers only when they were observed. Pure. */
export function checkCluster(
  desired: readonly Cluster[],
  { observed }: CheckContext<ClusterState, ClusterFacts>
): readonly Remark[] {
  return desired.flatMap((cluster) => [
    ...checkConfig(cluster.name, cluster.spec.config ?? {}, keyRules, observed?.facts),
    ...(observed === undefined ? [] : [...checkBrokers(cluster, observed), ...checkClient(cluster, observed)])
  ])
}

function checkClient({ name }: Cluster, { facts }: Seen): Remark[] {
  const { cannotWrite } = facts
  return cannotWrite === undefined
    ? []
    : [{ name, verdict: 'hold', code: 'NOT_SUPPORTED', path: [], message: cannotWrite }]
}

/** The whole cluster may be as declared, and a broker run with another value. */
function checkBrokers({ name, spec, control }: Cluster, { items, facts }: Seen): Remark[] {
  const sighting = items.get(name)
  const state = sighting !== undefined && 'state' in sighting ? sighting.state : undefined
  const declared = Object.entries(spec.config ?? {}).filter(
    ([key]) => !control.ignore.some((path) => coversPath(path, `config.${key}`))
  )
  const differing = declared.flatMap(([key, value]): Remark[] => {
    const message = state === undefined ? undefined : deviation(key, value, state)
    return message === undefined
      ? []
      : [{ name, verdict: 'warn', code: 'BROKER_DIFFERS', path: ['config', key], message }]
  })
  const silent = [...facts.silent].map(([id, why]): Remark => {
    const message = `broker ${id} did not answer (${why}): it is not known whether it has values of its own`
    return { name, verdict: 'warn', code: 'BROKER_SILENT', path: [], message }
  })
  return [...differing, ...silent]
}

/** Which brokers run with another value than the declared one, and why; undefined when none does. */
function deviation(key: string, value: string | null, { own, brokers }: ClusterState): string | undefined {
  const views = [...brokers].flatMap(([id, entries]) => {
    const entry = entries.get(key)
    return entry === undefined || isAsDeclared(key, value, entry) ? [] : [{ id, entry }]
  })
  const overridden = views.filter(({ entry }) => entry.source === 'broker')
  const isSet = value !== null && own.has(key) && isAsDeclared(key, value, own.get(key))
  const late = isSet ? views.filter(({ entry }) => entry.source !== 'broker') : []
  const [first] = overridden
  const parts = [
    first === undefined
      ? undefined
      : `${namesOf(overridden)}, set for ${overridden.length === 1 ? 'this broker' : 'these brokers'} alone, ` +
        `which wins; remove it with kafka-configs --alter --entity-type brokers --entity-name ${first.id} --delete-config ${key}`,
    late.length === 0 ? undefined : `${namesOf(late)}, which the cluster-wide value has not reached`
  ].filter((part) => part !== undefined)
  return parts.length === 0
    ? undefined
    : `expected ${value ?? 'no value of its own'} on every broker, found ${parts.join('; ')}`
}

/** A reset is as declared where a broker has nothing of its own. */
function isAsDeclared(key: string, value: string | null, entry: ConfigEntry | undefined): boolean {
  if (value === null) return entry?.source !== 'broker'
  const shown = entry?.value ?? null
  return shown !== null && sameValue(typeOf(clusterKeys, key, entry), shown, value)
}

const mostNamed = 10

function namesOf(views: readonly { readonly id: string; readonly entry: ConfigEntry }[]): string {
  const named = views
    .slice(0, mostNamed)
    .map(({ id, entry }) => `${entry.sensitive ? '******' : (entry.value ?? 'nothing')} on broker ${id}`)
  const left = views.length - named.length
  return `${named.join(', ')}${left === 0 ? '' : ` and others on ${left} more`}`
}
