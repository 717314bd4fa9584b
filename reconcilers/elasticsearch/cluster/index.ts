/**
 * Settings of the whole cluster.
 * @module
 */
import type { ItemResult, Resource, Update } from '../../../src/contract.ts'
import { done, failed } from '../../../src/apply/outcome.ts'
import type { Link } from '../link.ts'
import type { Readings } from '../readings.ts'
import { refusalOf } from '../refusal.ts'
import { clusterKind, type ClusterSpec, type ClusterState } from './kind.ts'
import { observeCluster } from './observe.ts'

export { clusterKind } from './kind.ts'

/** The one item `settings`. It always exists, so it is only ever updated. */
export function clusterResource(link: Link, readings: Readings): Resource<ClusterSpec, ClusterState> {
  return {
    ...clusterKind,
    observe: (desired, options) => observeCluster(readings, desired, options),
    update: (items, signal) => Promise.all(items.map((item) => updateCluster(link, item, signal)))
  }
}

/** The server takes all settings of a request or none. */
async function updateCluster(link: Link, { desired: { name }, fields }: Update<ClusterSpec, ClusterState>, signal: AbortSignal): Promise<ItemResult> {
  const persistent = Object.fromEntries(fields.map(({ path, after }) => [path.slice('persistent.'.length), after]))
  const answer = await link.ask({ method: 'PUT', path: '/_cluster/settings', query: link.patience, body: { persistent } }, signal)
  return answer.status >= 400 ? failed(name, refusalOf(answer)) : done(name)
}
