/**
 * Indices whose content comes from elsewhere: the server refuses most changes of them.
 * @module
 */
import type { Body } from '../body.ts'
import { flattenSettings } from '../settings/flatten.ts'

/** `store.type` of searchable snapshots, of Elasticsearch and of OpenSearch. */
const snapshotStores: ReadonlySet<unknown> = new Set(['snapshot', 'remote_snapshot'])

/** Why an index with these live settings is not ours to change; undefined when it is. Pure. */
export function whyUnmanaged(settings: Body): string | undefined {
  const { values } = flattenSettings(settings)
  if (snapshotStores.has(values.get('store.type')))
    return 'a searchable snapshot; its settings and mappings are those of the snapshot'
  const isFollower =
    values.get('xpack.ccr.following_index') === 'true' || values.has('plugins.replication.follower.leader_index')
  return isFollower ? 'a follower of an index of another cluster; declare the index it follows' : undefined
}
