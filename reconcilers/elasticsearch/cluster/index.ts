/**
 * Settings of the whole cluster.
 * @module
 */
import type { ItemResult, Resource, Update } from '../../../src/contract.ts'
import { done, failed } from '../../../src/apply/outcome.ts'
import { ReconcileError } from '../../../src/errors.ts'
import type { Answer, Link } from '../link.ts'
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

/** The server takes all settings of a request or none: when it refuses, each is sent alone, so that a bad one fails alone. */
async function updateCluster(link: Link, { desired: { name }, fields }: Update<ClusterSpec, ClusterState>, signal: AbortSignal): Promise<ItemResult> {
  const settings = fields.map(({ path, after }) => [path.slice('persistent.'.length), after] as const)
  const put = (some: typeof settings): Promise<Answer> =>
    link.ask({ method: 'PUT', path: '/_cluster/settings', query: link.patience, body: { persistent: Object.fromEntries(some) } }, signal)
  const answer = await put(settings)
  if (answer.status < 400) return done(name)
  if (settings.length === 1 || refusalOf(answer).code !== 'REJECTED') return failed(name, refusalOf(answer))
  const refusals: ReconcileError[] = []
  for (const setting of settings) {
    const alone = await put([setting])
    if (alone.status >= 400) refusals.push(refusalOf(alone))
  }
  const [first] = refusals
  if (first === undefined) return done(name)
  return failed(name, new ReconcileError(first.code, refusals.map(({ message }) => message).join('; ')))
}
