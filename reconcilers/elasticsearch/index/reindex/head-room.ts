/**
 * Whether the cluster has room for a second copy of an index. Never writes.
 * @module
 */
import { type Json, ReconcileError } from '../../../../src/plugin.ts'
import { isBody, type Body } from '../../body.ts'
import { valueAt } from '../../body/compare.ts'
import { textOf } from '../../body/same.ts'
import type { Link } from '../../connection/link.ts'
import { encodeName } from '../../connection/paths.ts'
import { bodyOf } from '../../connection/refusal.ts'
import { flattenSettings } from '../../settings/flatten.ts'
import { bytesOf } from '../../settings/values.ts'

/** One data node's disk, in bytes. */
export interface Disk {
  readonly total: number
  readonly free: number
}

/** What the cluster has and what the copy takes. */
export interface Room {
  readonly shards: { readonly present: number; readonly needed: number; readonly most: number }
  readonly disks: readonly Disk[]
  /** Bytes of the copy with its replicas. */
  readonly needed: number
  /** As the cluster setting `disk.watermark.high` gives it: `90%`, `0.9`, or free bytes such as `10gb`; undefined when it is not watched. */
  readonly watermark: string | undefined
  /** The most a share may keep free, as `disk.watermark.high.max_headroom` gives it; `-1` and undefined for no limit. */
  readonly mostReserved?: string | undefined
}

/** Why there is no room, undefined when there is. Pure. */
export function whyNoRoom({ shards, disks, needed, watermark, mostReserved }: Room): string | undefined {
  const left = shards.most - shards.present
  if (shards.needed > left) {
    return `it takes ${shards.needed} more shards and the cluster can have ${Math.max(0, left)} more (cluster.max_shards_per_node × data nodes is ${shards.most})`
  }
  const room = disks.reduce((sum, disk) => sum + Math.max(0, disk.free - reservedOf(disk, watermark, mostReserved)), 0)
  if (needed <= room) return undefined
  return `it takes ${megabytes(needed)} of disk and ${megabytes(room)} are free below the high watermark${watermark === undefined ? '' : ` (${watermark})`}`
}

/** What must stay free of a disk. */
function reservedOf({ total }: Disk, watermark: string | undefined, most = '-1'): number {
  if (watermark === undefined) return 0
  const share = watermark.endsWith('%') ? Number(watermark.slice(0, -1)) / 100 : Number(watermark)
  if (!Number.isNaN(share))
    return Math.min(total * (1 - share), most === '-1' ? Infinity : Number(bytesOf(most) ?? Infinity))
  return Number(bytesOf(watermark) ?? 0n)
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MB`
}

/** Throws UNAVAILABLE when there is no room, and what the server refuses when it may not be asked. Four requests. */
export async function requireRoom(
  link: Link,
  source: string,
  shards: { readonly primaries: number; readonly replicas: number },
  signal: AbortSignal
): Promise<void> {
  const get = async (path: string, query: Readonly<Record<string, string | boolean>>): Promise<Body> =>
    bodyOf(await link.ask({ method: 'GET', path, query }, signal))
  const [settings, health, nodes, stats] = await Promise.all([
    get('/_cluster/settings', {
      include_defaults: true,
      filter_path: '*.cluster.max_shards_per_node,*.cluster.routing.allocation.disk'
    }),
    get('/_cluster/health', { filter_path: '*_shards,number_of_data_nodes' }),
    get('/_nodes/stats/fs', { filter_path: 'nodes.*.roles,nodes.*.fs.total' }),
    get(`/${encodeName(source)}/_stats/store`, { filter_path: '_all.primaries.store.size_in_bytes' })
  ])
  const copies = 1 + shards.replicas
  const effective = effectiveSettings(settings)
  const why = whyNoRoom({
    shards: {
      present:
        number(health['active_shards']) + number(health['initializing_shards']) + number(health['unassigned_shards']),
      needed: shards.primaries * copies,
      most: Number(effective('cluster.max_shards_per_node') ?? Infinity) * number(health['number_of_data_nodes'])
    },
    disks: disksOf(nodes),
    needed: number(valueAt(stats, ['_all', 'primaries', 'store', 'size_in_bytes'])) * copies,
    watermark:
      effective('cluster.routing.allocation.disk.threshold_enabled') === 'false'
        ? undefined
        : effective('cluster.routing.allocation.disk.watermark.high'),
    mostReserved: effective('cluster.routing.allocation.disk.watermark.high.max_headroom')
  })
  if (why !== undefined) throw new ReconcileError('UNAVAILABLE', `no room to reindex ${source}: ${why}`)
}

function effectiveSettings(answer: Body): (key: string) => string | undefined {
  const levels = ['transient', 'persistent', 'defaults'].map((level) => flattenSettings(answer[level], '').values)
  return (key) => {
    const value = levels.map((level) => level.get(key)).find((candidate) => typeof candidate === 'string')
    return typeof value === 'string' ? value : undefined
  }
}

function disksOf(answer: Body): readonly Disk[] {
  const nodes = isBody(answer['nodes']) ? Object.values(answer['nodes']) : []
  return nodes.flatMap((node) => {
    const roles = isBody(node) ? node['roles'] : undefined
    if (
      !isBody(node) ||
      (Array.isArray(roles) && !roles.some((role) => typeof role === 'string' && role.startsWith('data')))
    )
      return []
    const at = (key: string): number => number(valueAt(node, ['fs', 'total', key]))
    return [{ total: at('total_in_bytes'), free: at('available_in_bytes') }]
  })
}

function number(value: Json | undefined): number {
  return Number(textOf(value))
}
