/**
 * The kind `cluster`: configuration that holds for every broker and can change while they run.
 * @module
 */
import { z } from 'zod'
import type { CheckContext, Desired, FieldChange, Json, Kind, Remark } from '../../../src/contract.ts'
import { didYouMean } from '../../../src/parse/nearest.ts'
import type { ConfigEntry } from '../admin.ts'
import { compareConfig, undeclaredConfig, type ConfigScope } from '../config/compare.ts'
import { clusterKeys } from '../config/known-keys.ts'
import { configSchema } from '../config/value.ts'

/** cluster.json. */
export const clusterSchema = z.strictObject({
  config: configSchema.optional().describe('cluster-wide dynamic configuration: a value is enforced, null resets the key')
})

export type ClusterSpec = z.output<typeof clusterSchema>

export interface ClusterState {
  /** Set for the whole cluster, and what one broker says of the declared keys where nothing is set. */
  readonly config: ReadonlyMap<string, ConfigEntry>
}

export interface ClusterFacts {
  /** Declared keys the broker did not answer for. */
  readonly unknownKeys: ReadonlySet<string>
  /** Why this client cannot write here, if it cannot. */
  readonly cannotWrite: string | undefined
}

const scope: ConfigScope = {
  own: 'cluster',
  above: ['topic', 'broker', 'cluster'],
  floor: { risk: 'disruptive', why: 'it changes every broker at once' }
}

export const clusterKind: Kind<ClusterSpec, ClusterState, ClusterFacts> = {
  kind: 'cluster',
  file: 'cluster',
  singleton: 'default',
  schema: clusterSchema,
  compare: (spec, state): readonly FieldChange[] => compareConfig(spec.config ?? {}, state?.config ?? new Map(), scope),
  undeclared: (spec, state) => undeclaredConfig(spec.config ?? {}, state.config, scope),
  check: checkCluster,
  describe: describeCluster
}

function checkCluster(desired: readonly Desired<ClusterSpec>[], { observed }: CheckContext<ClusterState, ClusterFacts>): readonly Remark[] {
  return desired.flatMap(({ name, spec }): Remark[] => {
    const keys = Object.keys(spec.config ?? {})
    const remarks = keys.flatMap((key): Remark[] => {
      const base = { name, code: 'UNKNOWN_KEY', path: ['config', key] }
      const found = `expected a cluster-wide configuration key, found "${key}"`
      if (observed?.facts.unknownKeys.has(key) === true) {
        return [{ ...base, verdict: 'invalid', message: `${found}, which this broker does not know${didYouMean(key, clusterKeys)}` }]
      }
      if (observed !== undefined || clusterKeys.includes(key)) return []
      return [{ ...base, verdict: 'warn', message: `${found}${didYouMean(key, clusterKeys)}; the broker decides` }]
    })
    const reason = observed?.facts.cannotWrite
    return reason === undefined ? remarks : [...remarks, { name, verdict: 'hold', code: 'NOT_SUPPORTED', path: [], message: reason }]
  })
}

function describeCluster({ config }: ClusterState): Json {
  const own = [...config.values()].filter(({ source, value }) => source === 'cluster' && value !== null)
  return { config: Object.fromEntries(own.map(({ name, value }): [string, Json] => [name, value]).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}
