/**
 * Reads the cluster-wide configuration, and from one broker what stands behind the declared keys. Never writes.
 * @module
 */
import type { Desired, Observed, ObserveOptions } from '../../../src/contract.ts'
import { ReconcileError } from '../../../src/errors.ts'
import type { ConfigAnswer, ConfigEntry, KafkaAdmin } from '../admin.ts'
import { retentionChain } from '../config/risk.ts'
import type { ClusterFacts, ClusterSpec, ClusterState } from './kind.ts'

const name = 'default'

/** Three requests whatever is declared: the live brokers, the cluster-wide keys, and one broker's view. */
export async function observeCluster(
  admin: KafkaAdmin,
  desired: readonly Desired<ClusterSpec>[],
  { signal }: ObserveOptions
): Promise<Observed<ClusterState, ClusterFacts>> {
  const cannotWrite = admin.missing.get('cluster-config')
  const nothingUnknown = new Set<string>()
  if (cannotWrite !== undefined) return { items: new Map([[name, { state: { config: new Map() } }]]), facts: { unknownKeys: nothingUnknown, cannotWrite } }

  const declared = desired.flatMap(({ spec }) => Object.keys(spec.config ?? {}))
  const [cluster, node] = await Promise.all([
    admin.describeConfigs([{ type: 'cluster', name: '', keys: 'all' }], { synonyms: false }, signal),
    describeOneBroker(admin, declared, signal)
  ])
  const refused = [...cluster, ...node].find(({ error }) => error !== undefined)?.error
  if (refused !== undefined) return { items: new Map([[name, { refused: refused.message }]]), facts: { unknownKeys: nothingUnknown, cannotWrite } }

  const answered = new Map(node.flatMap(({ entries }) => entries).map((entry) => [entry.name, entry]))
  const config = new Map([...answered].map(([key, entry]) => [key, inEffect(entry, answered)]))
  for (const entry of cluster.flatMap(({ entries }) => entries)) {
    config.set(entry.name, { ...(config.get(entry.name) ?? entry), value: entry.value, source: 'cluster' })
  }
  const unknownKeys = new Set(declared.filter((key) => !answered.has(key)))
  return { items: new Map([[name, { state: { config } }]]), facts: { unknownKeys, cannotWrite } }
}

/** The resource of the whole cluster shows only what is set there, and takes any key; a broker knows which keys exist. */
async function describeOneBroker(admin: KafkaAdmin, declared: readonly string[], signal: AbortSignal): Promise<readonly ConfigAnswer[]> {
  if (declared.length === 0) return []
  const { brokers } = await admin.metadata([], signal)
  const [broker] = brokers
  if (broker === undefined) throw new ReconcileError('UNAVAILABLE', 'the cluster names no live broker')
  const keys = [...new Set([...declared, ...(declared.some((key) => retentionChain.includes(key)) ? retentionChain : [])])]
  return admin.describeConfigs([{ type: 'broker', name: String(broker.id), keys }], { synonyms: true }, signal)
}

/** `log.retention.ms` that is not set means what the coarser keys say; the risk of a cut is judged by that. */
function inEffect(entry: ConfigEntry, all: ReadonlyMap<string, ConfigEntry>): ConfigEntry {
  if (entry.value !== null || !retentionChain.includes(entry.name)) return entry
  const minutes = all.get('log.retention.minutes')?.value
  const hours = all.get('log.retention.hours')?.value
  const ms = minutes === null || minutes === undefined ? Number(hours ?? Number.NaN) * 3_600_000 : Number(minutes) * 60_000
  const unit = { 'log.retention.ms': 1, 'log.retention.minutes': 60_000 }[entry.name] ?? 3_600_000
  return Number.isNaN(ms) ? entry : { ...entry, value: String(ms < 0 ? -1 : ms / unit) }
}
