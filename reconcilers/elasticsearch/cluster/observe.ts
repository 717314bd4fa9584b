/**
 * Reads the settings of the cluster in one request. Never writes.
 * @module
 */
import type { Cycle, Desired, Json, Observed } from '../../../src/plugin.ts'
import { isBody } from '../body.ts'
import { isShown, onlyNamed, type Reader, type Readings } from '../readings.ts'
import { bodyOf, reasonOf } from '../connection/refusal.ts'
import { flatCluster, type ClusterSpec, type ClusterState } from './kind.ts'
import type { SettingMap } from '../settings/flatten.ts'

const name = 'settings'

type Seen = Observed<ClusterState>

/** The one item, in a pass over keys where it is one of them. When its settings may not be seen, it is refused. */
export function observeCluster(
  readings: Readings,
  desired: readonly Desired<ClusterSpec>[],
  cycle: Cycle
): Promise<Seen> {
  const look = async (reader: Reader): Promise<Seen> => {
    const all = await read(reader)
    return reader.scope === 'all' ? all : onlyNamed(all, desired)
  }
  return readings.observe('cluster', desired, cycle, look, isShown)
}

async function read({ link, signal }: Reader): Promise<Seen> {
  const answer = await link.ask({ method: 'GET', path: '/_cluster/settings', query: { flat_settings: true } }, signal)
  if (answer.status === 403) return seen({ refused: reasonOf(answer) })
  const { persistent, transient } = bodyOf(answer)
  return seen({ state: { persistent: settingsOf(persistent), transient: settingsOf(transient) } })
}

function seen(sighting: Seen['items'] extends ReadonlyMap<string, infer Value> ? Value : never): Seen {
  return { items: new Map([[name, sighting]]), facts: undefined }
}

function settingsOf(settings: Json | undefined): SettingMap {
  return flatCluster(isBody(settings) ? settings : {}).values
}
