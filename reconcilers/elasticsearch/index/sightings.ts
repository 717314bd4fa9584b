/**
 * What was read of indices → what each item is seen as.
 * @module
 */
import type { Sighting } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { ownerOf } from '../body/marker.ts'
import type { Catalog } from '../catalog.ts'
import type { Server } from '../connection/server.ts'
import { excludedWhy } from './excluded.ts'
import { generationOf, generationsOf } from './generations.ts'
import { markerOf } from './reindex/marker.ts'
import type { IndexReading, IndexReadings } from './read-indices.ts'
import type { SharedAliases } from './shared-aliases.ts'
import type { Generation, IndexState } from './state.ts'

/** Everything read in one cycle. */
export interface SeenIndices {
  readonly catalog: Catalog
  /** Declared item → its index, for those that exist. */
  readonly targets: ReadonlyMap<string, string>
  readonly live: IndexReadings
  /** Declared items that may exist without our seeing them. */
  readonly hidden: ReadonlySet<string>
  /** The `_meta.infometis` of indices that were not read. */
  readonly markers: ReadonlyMap<string, Body>
  /** Declared item → the shared ones of the aliases it declares. */
  readonly shared: ReadonlyMap<string, SharedAliases>
  readonly distribution: Server['distribution']
}

/** One sighting for each declared item that exists and for every index nobody declared. Pure. */
export function sightingsOf(seen: SeenIndices): ReadonlyMap<string, Sighting<IndexState>> {
  const generations = new Set([...seen.targets].flatMap(([name, index]) => (name === index ? [] : [index])))
  const strangers = [...seen.catalog.indices.keys()].filter(
    (index) => !seen.targets.has(index) && !generations.has(index)
  )
  const others = generationsOf(
    [...seen.targets].flatMap(([name, index]) => (name === index ? [] : [name])),
    strangers
  )
  return new Map<string, Sighting<IndexState>>([
    ...[...seen.hidden].map(
      (name) => [name, { refused: 'the credentials may not see it, if it exists (view_index_metadata)' }] as const
    ),
    ...strangers.map((index) => [index, sightStranger(index, seen)] as const),
    ...[...seen.targets].flatMap(([name, index]) => {
      const sighting = sightDeclared(name, index, seen, others.get(name))
      return sighting === undefined ? [] : [[name, sighting] as const]
    })
  ])
}

/** Undefined for an index that has gone since the catalogue was read. */
function sightDeclared(
  name: string,
  index: string,
  seen: SeenIndices,
  others?: readonly string[]
): Sighting<IndexState> | undefined {
  const reading = seen.live.get(index)
  if (reading === undefined) return undefined
  if (typeof reading === 'string') return { refused: reading }
  const shared = seen.shared.get(name)
  const state = {
    ...stateOf(index, seen, reading),
    ...(others && { others: others.map((other) => generationAt(other, seen)) }),
    ...(shared && { shared })
  }
  return withOwner(state, ownerOf(reading.mappings, ['_meta']))
}

function generationAt(index: string, seen: SeenIndices): Generation {
  return { index, ...markerOf(mappingsOf(index, seen)) }
}

/** The mapping of an index that was read, or of another one as much as its marker. */
function mappingsOf(index: string, { live, markers }: SeenIndices): Body {
  const reading = live.get(index)
  if (reading !== undefined && typeof reading !== 'string') return reading.mappings
  const marker = markers.get(index)
  return marker === undefined ? {} : { _meta: { infometis: marker } }
}

function sightStranger(index: string, seen: SeenIndices): Sighting<IndexState> {
  const reading = seen.live.get(index)
  const isRead = reading !== undefined && typeof reading !== 'string'
  const owner = ownerOf(mappingsOf(index, seen), ['_meta'])
  const excluded = excludedWhy(index, seen.catalog) ?? fillingWhy(index, seen.targets)
  return {
    ...withOwner(stateOf(index, seen, isRead ? reading : undefined), owner),
    ...(excluded === undefined ? {} : { excluded })
  }
}

function withOwner(
  state: IndexState,
  owner: string | undefined
): { readonly state: IndexState; readonly owner?: string } {
  return owner === undefined ? { state } : { state, owner }
}

function stateOf(index: string, { catalog, distribution }: SeenIndices, reading: IndexReading | undefined): IndexState {
  const isOpen = catalog.indices.get(index)?.attributes.includes('closed') !== true
  return { index, isOpen, distribution, ...(reading ?? { settings: {}, mappings: {}, aliases: {} }) }
}

/** A generation newer than the one in use is no orphan: it is being filled. */
function fillingWhy(index: string, targets: ReadonlyMap<string, string>): string | undefined {
  const filled = [...targets].find(
    ([name, current]) => (generationOf(name, index) ?? 0) > (generationOf(name, current) ?? Infinity)
  )
  return filled === undefined ? undefined : `a generation of ${filled[0]} that is being filled`
}
