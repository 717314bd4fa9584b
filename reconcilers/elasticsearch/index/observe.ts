/**
 * Reads indices: which exist in one request, what they are in as few as their names fit into. Never writes.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Cycle, Desired, Observed, Sighting } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { valueAt } from '../body/compare.ts'
import { readCatalog, readCatalogOf, type Catalog } from '../catalog.ts'
import { nameLists } from '../connection/paths.ts'
import { isShown, onlyNamed, type Reader, type Readings } from '../readings.ts'
import { isRefused } from '../connection/refusal.ts'
import { excludedWhy } from './excluded.ts'
import { generationsOf, targetOf } from './generations.ts'
import { mayBeHidden } from './hidden.ts'
import { expressionsOf, familyOf, partnersOf } from './named.ts'
import { readIndices, type IndexReadings } from './read-indices.ts'
import { declaresUnseen, withUnseenSettings } from './routing-shards.ts'
import { unfinishedFields } from './reindex/unfinished.ts'
import { readSharedAliases, type SharedAliases } from './shared-aliases.ts'
import { sightingsOf, type SeenIndices } from './sightings.ts'
import type { IndexFacts, IndexSpec, IndexState } from './state.ts'

type Seen = Observed<IndexState, IndexFacts>
type Index = Desired<IndexSpec>

/** Everything needed to compare; when neither cluster nor declaration has changed, what was read before. */
export function observeIndices(readings: Readings, desired: readonly Index[], cycle: Cycle): Promise<Seen> {
  return readings.observe<Seen>(
    'index',
    desired,
    cycle,
    async (reader, before) =>
      reader.scope === 'all' ? keepEqual(await readAll(reader, desired), before) : readNamed(reader, desired),
    isShown
  )
}

/** What is as it was stays the same object, so that what was worked out about it is not worked out again. */
function keepEqual(now: Seen, before: Seen | undefined): Seen {
  if (before === undefined) return now
  const items = [...now.items].map(([name, sighting]) => {
    const known = before.items.get(name)
    return [name, known !== undefined && isDeepStrictEqual(known, sighting) ? known : sighting] as const
  })
  return { ...now, items: new Map(items) }
}

async function readAll(reader: Reader, desired: readonly Index[]): Promise<Seen> {
  const { everything } = reader
  const catalog = await readCatalog(reader)
  const targets = targetsOf(desired, catalog)
  const all = [...catalog.indices.keys()]
  const abandoned = withoutStrategy(desired, catalog)
  const declared = new Set([...targets.values(), ...abandoned.values()])
  const strangers = all.filter((index) => !declared.has(index) && excludedWhy(index, catalog) === undefined)
  const whole = { desired, partners: desired, catalog, targets }
  const [read, markers] = await Promise.all([
    readIndices(reader, everything ? all : [...declared], all.length),
    everything ? new Map<string, Body>() : readMarkers(reader, strangers)
  ])
  const seen = await complete(reader, whole, { read, markers })
  const items = sightingsOf(seen)
  const left = abandoned.size === 0 ? [] : leftovers(sightingsOf({ ...seen, targets: abandoned }), abandoned)
  return { items: new Map([...items, ...left]), facts: factsOf(seen) }
}

/**
 * The declared items of a pass over keys: what the catalog says of them, their generations and their aliases, then the
 * indices. At most four requests for one item.
 */
async function readNamed(reader: Reader, desired: readonly Index[]): Promise<Seen> {
  const partners = partnersOf(desired, reader)
  const catalog = await readCatalogOf(reader, expressionsOf(desired, partners), desired.flatMap(familyOf))
  // Something a copy has left behind: only all names tell what it is.
  if (withoutStrategy(desired, catalog).size > 0) return onlyNamed(await readAll(reader, desired), desired)
  const targets = targetsOf(desired, catalog)
  const generations = [...generationsOf([...targets.keys()], [...catalog.indices.keys()]).values()]
    .flat()
    .filter((index) => excludedWhy(index, catalog) === undefined)
  const names = new Set([...targets.values(), ...generations])
  // In the place of an alias that a strategy needs.
  const strangers = desired.flatMap(({ name }) => (catalog.indices.has(name) && !targets.has(name) ? [name] : []))
  const [read, markers] = await Promise.all([
    readIndices(reader, [...names], Infinity),
    readMarkers(
      reader,
      strangers.filter((index) => excludedWhy(index, catalog) === undefined)
    )
  ])
  const seen = await complete(reader, { desired, partners, catalog, targets }, { read, markers })
  return onlyNamed({ items: sightingsOf(seen), facts: factsOf(seen) }, desired)
}

/** What is read of indices, whichever they are. */
interface Subject {
  readonly desired: readonly Index[]
  /** Declared items that share an alias with these, and these. */
  readonly partners: readonly Index[]
  readonly catalog: Catalog
  readonly targets: ReadonlyMap<string, string>
}

/** Reads what listings and readings of indices do not show. */
async function complete(
  reader: Reader,
  { desired, partners, catalog, targets }: Subject,
  { read, markers }: { readonly read: IndexReadings; readonly markers: ReadonlyMap<string, Body> }
): Promise<SeenIndices> {
  const missing = desired.map(({ name }) => name).filter((name) => !targets.has(name) && !isTaken(name, catalog))
  const unseen = desired.flatMap(({ name, spec }) => (declaresUnseen(spec.settings) ? (targets.get(name) ?? []) : []))
  const [hidden, live] = await Promise.all([mayBeHidden(reader, missing), withUnseenSettings(reader, read, unseen)])
  const known = new Map([...targetsOf(partners, catalog), ...targets])
  const shared = await readSharedAliases(reader, { desired, partners, targets: known, catalog, live })
  const { distribution } = reader.server
  return { catalog, targets, live, hidden, markers, shared: sharedByItem(desired, shared), distribution }
}

function factsOf({ catalog, shared }: SeenIndices): IndexFacts {
  const all = new Map([...shared.values()].flatMap((aliases) => [...aliases]))
  return { aliases: catalog.aliases, dataStreams: new Set(catalog.dataStreams.keys()), shared: all }
}

/** Item → its index, for those that exist. */
function targetsOf(desired: readonly Index[], catalog: Catalog): ReadonlyMap<string, string> {
  return new Map(
    desired.flatMap((item) => {
      const { index } = targetOf(item, catalog)
      return index === undefined ? [] : [[item.name, index] as const]
    })
  )
}

/** Item → the shared ones of the aliases it declares, for items that have any. */
function sharedByItem(desired: readonly Index[], shared: SharedAliases): ReadonlyMap<string, SharedAliases> {
  return new Map(
    desired.flatMap(({ name, spec }) => {
      const own = [...shared].filter(([alias]) => Object.hasOwn(spec.aliases ?? {}, alias))
      return own.length === 0 ? [] : [[name, new Map(own)] as const]
    })
  )
}

/** Items that are an alias in front of one generation and have no strategy, or have lost it. */
function withoutStrategy(desired: readonly Index[], catalog: Catalog): ReadonlyMap<string, string> {
  return new Map(
    desired.flatMap((item) => {
      const { index } = targetOf({ name: item.name, spec: { strategy: 'reindex' } }, catalog)
      return item.spec.strategy !== undefined || index === undefined ? [] : [[item.name, index] as const]
    })
  )
}

/** Of those, the ones in which a copy has left something: nobody else would clear it up. */
function leftovers(
  candidates: Seen['items'],
  abandoned: ReadonlyMap<string, string>
): readonly (readonly [string, Sighting<IndexState>])[] {
  return [...abandoned.keys()].flatMap((name) => {
    const sighting = candidates.get(name)
    return sighting !== undefined && 'state' in sighting && unfinishedFields(sighting.state).length > 0
      ? [[name, sighting] as const]
      : []
  })
}

function isTaken(name: string, { indices, aliases, dataStreams }: Catalog): boolean {
  return indices.has(name) || aliases.has(name) || dataStreams.has(name)
}

/**
 * What is written into indices nobody declared: one request, and none when there are none. Unknown where it may not be
 * asked. By name as long as that is one path: the server reads whole mappings to show these parts of them.
 */
async function readMarkers({ link, signal }: Reader, indices: readonly string[]): Promise<ReadonlyMap<string, Body>> {
  const [list, ...more] = nameLists(indices)
  if (list === undefined) return new Map()
  const query = { filter_path: '*.mappings._meta.infometis', expand_wildcards: 'all', ignore_unavailable: true }
  const answer = await link.ask(
    { method: 'GET', path: `/${more.length === 0 ? list.path : '*'}/_mapping`, query },
    signal
  )
  if (isRefused(answer) || !isBody(answer.body)) return new Map()
  return new Map(
    Object.entries(answer.body).flatMap(([index, body]) => {
      const marker = isBody(body) ? valueAt(body, ['mappings', '_meta', 'infometis']) : undefined
      return isBody(marker) ? [[index, marker] as const] : []
    })
  )
}
