/**
 * Settings of the whole cluster.
 * @module
 */
import {
  done,
  failed,
  type ItemResult,
  ReconcileError,
  type Resource,
  toReconcileError,
  type Update
} from '../../../src/plugin.ts'
import { answered } from '../connection/answered.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../readings.ts'
import { refusalOf } from '../connection/refusal.ts'
import { clusterKind, type ClusterSpec, type ClusterState } from './kind.ts'
import { observeCluster } from './observe.ts'

export { clusterKind } from './kind.ts'

/** The one item `settings`. It always exists, so it is only ever updated. */
export function clusterResource(link: Link, readings: Readings): Resource<ClusterSpec, ClusterState> {
  return {
    ...clusterKind,
    // There is one item, and one request reads it.
    scoped: true,
    observe: (desired, cycle) => observeCluster(readings, desired, cycle),
    update: (items, { signal }) =>
      answered(link, (heard) => Promise.all(items.map((item) => updateCluster(heard, item, signal))))
  }
}

/** The server takes all settings of a request or none: when it refuses, each is sent alone, so that a bad one fails alone. */
async function updateCluster(
  link: Link,
  { desired: { name }, fields }: Update<ClusterSpec, ClusterState>,
  signal: AbortSignal
): Promise<ItemResult> {
  const settings = fields.map(({ path, after }) => [path.slice('persistent.'.length), after] as const)
  const whyNot = async (some: typeof settings): Promise<ReconcileError | undefined> => {
    const body = { persistent: Object.fromEntries(some) }
    const answer = await link
      .ask({ method: 'PUT', path: '/_cluster/settings', query: link.patience, body }, signal)
      .catch(toReconcileError)
    if (answer instanceof ReconcileError) return answer
    return answer.status < 400 ? undefined : refusalOf(answer)
  }
  const refusal = await whyNot(settings)
  if (refusal === undefined) return done(name)
  if (settings.length === 1 || refusal.code !== 'REJECTED') return failed(name, refusal)
  const refusals: ReconcileError[] = []
  for (const setting of settings) refusals.push(...[await whyNot([setting])].filter((alone) => alone !== undefined))
  const [first] = refusals
  return first === undefined
    ? done(name)
    : failed(name, new ReconcileError(first.code, refusals.map(({ message }) => message).join('; ')))
}
