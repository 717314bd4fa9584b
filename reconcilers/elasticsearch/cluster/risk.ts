/**
 * Cluster settings whose change is felt at once by those who use the cluster. All others are safe: they change how fast
 * the cluster does its work, not whether.
 * @module
 */
import type { FieldChange } from '../../../src/plugin.ts'
import type { SettingValue } from '../settings/flatten.ts'

interface Hazard {
  readonly keys: RegExp
  readonly why: string
  /** Values that do no harm; being not set never does. */
  readonly harmless?: string
}

/** Sources: the reference of cluster-level shard allocation and of cluster-wide blocks. */
const hazards: readonly Hazard[] = [
  { keys: /^cluster\.blocks\./, why: 'it stops writes to the whole cluster', harmless: 'false' },
  {
    keys: /^cluster\.routing\.allocation\.enable$/,
    why: 'shards that are not allocated stay so, and new indices take no documents',
    harmless: 'all'
  },
  {
    keys: /^cluster\.routing\.allocation\.(?:exclude|include|require)\./,
    why: 'it moves shards away from nodes',
    harmless: ''
  },
  {
    keys: /^cluster\.routing\.allocation\.total_shards_per_node$/,
    why: 'shards beyond it are not allocated',
    harmless: '-1'
  },
  {
    keys: /^cluster\.routing\.allocation\.disk\.watermark\.flood_stage/,
    why: 'indices on fuller disks take no more writes'
  },
  {
    keys: /^action\.auto_create_index$/,
    why: 'documents for indices that do not exist yet are refused',
    harmless: 'true'
  }
]

/** How much a change of one setting can hurt. Pure. */
export function riskOf(key: string, after: SettingValue): Pick<FieldChange, 'risk' | 'why'> {
  const hazard = hazards.find(({ keys }) => keys.test(key))
  if (hazard === undefined || after === null || after === hazard.harmless) return { risk: 'safe' }
  return { risk: 'disruptive', why: `${key}: ${hazard.why}` }
}
