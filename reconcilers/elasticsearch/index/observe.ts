/**
 * Reads indices: which exist in one request, what they are in as few as their names fit into. Never writes.
 * @module
 */
import type { Desired, Observed, ObserveOptions } from '../../../src/contract.ts'
import { ownerOf } from '../body/marker.ts'
import { isBody } from '../body.ts'
import { readCatalog, type Catalog } from '../catalog.ts'
import type { Cycle, Readings } from '../readings.ts'
import { excludedWhy } from './excluded.ts'
import { targetOf } from './generations.ts'
import { mayBeHidden } from './hidden.ts'
import { readIndices } from './read-indices.ts'
import { sightingsOf } from './sightings.ts'
import type { IndexFacts, IndexSpec, IndexState } from './state.ts'

type Seen = Observed<IndexState, IndexFacts>
type Index = Desired<IndexSpec>

/** Everything needed to compare; when neither cluster nor declaration has changed, what was read before. */
export function observeIndices(readings: Readings, desired: readonly Index[], options: ObserveOptions): Promise<Seen> {
  return readings.observe('index', desired, options, (cycle) => read(cycle, desired, options), isKept)
}

function isKept({ items }: Seen): boolean {
  return [...items.values()].every((sighting) => !('refused' in sighting))
}

async function read(cycle: Cycle, desired: readonly Index[], { everything }: ObserveOptions): Promise<Seen> {
  const catalog = await readCatalog(cycle)
  const targets = new Map(
    desired.flatMap((item) => {
      const { index } = targetOf(item, catalog)
      return index === undefined ? [] : [[item.name, index] as const]
    })
  )
  const all = [...catalog.indices.keys()]
  const declared = new Set(targets.values())
  const missing = desired.map(({ name }) => name).filter((name) => !targets.has(name) && !isTaken(name, catalog))
  const strangers = all.filter((index) => !declared.has(index) && excludedWhy(index, catalog) === undefined)
  const [live, hidden, owners] = await Promise.all([
    readIndices(cycle, everything ? all : [...declared], all.length),
    mayBeHidden(cycle, missing),
    everything ? new Map<string, string>() : readOwners(cycle, strangers)
  ])
  const items = sightingsOf({ catalog, targets, live, hidden, owners, distribution: cycle.server.distribution })
  return { items, facts: { aliases: catalog.aliases, dataStreams: new Set(catalog.dataStreams.keys()) } }
}

function isTaken(name: string, { indices, aliases, dataStreams }: Catalog): boolean {
  return indices.has(name) || aliases.has(name) || dataStreams.has(name)
}

/** Who marked indices nobody declares: one request, and none when there are none. Unknown where it may not be asked. */
async function readOwners({ link, signal }: Cycle, indices: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (indices.length === 0) return new Map()
  const query = { filter_path: '*.mappings._meta.infometis.owner', expand_wildcards: 'all', ignore_unavailable: true }
  const answer = await link.ask({ method: 'GET', path: '/*/_mapping', query }, signal)
  if (answer.status >= 400 || !isBody(answer.body)) return new Map()
  return new Map(
    Object.entries(answer.body).flatMap(([index, body]) => {
      const owner = isBody(body) && isBody(body['mappings']) ? ownerOf(body['mappings'], ['_meta']) : undefined
      return owner === undefined ? [] : [[index, owner] as const]
    })
  )
}
