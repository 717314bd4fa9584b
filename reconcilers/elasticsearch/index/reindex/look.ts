/**
 * What the cluster holds of one item and its generations, read again before every step. Never writes.
 * @module
 */
import { ReconcileError, type Update } from '../../../../src/plugin.ts'
import type { Link } from '../../connection/link.ts'
import { flattenSettings } from '../../settings/flatten.ts'
import { copiedPaths } from '../compare.ts'
import { generationOf } from '../generations.ts'
import { readIndices, type IndexReading } from '../read-indices.ts'
import { declaresUnseen, withUnseenSettings } from '../routing-shards.ts'
import type { IndexSpec, IndexState } from '../state.ts'
import { markerOf } from './marker.ts'
import type { Begun, Facts } from './steps.ts'
import type { Blueprint } from './target.ts'

export type IndexUpdate = Update<IndexSpec, IndexState>

/** Facts with what they were read from. */
export interface Look {
  readonly facts: Facts
  readonly readings: ReadonlyMap<string, IndexReading>
  readonly blueprint: Blueprint
}

/** Indices that take part: the one in use, newer ones, and those that markers name. Pure. */
export function partners({ desired: { name }, state }: IndexUpdate): readonly string[] {
  const number = generationOf(name, state.index) ?? 0
  const others = (state.others ?? []).filter(
    ({ index, reindex }) => reindex !== undefined || (generationOf(name, index) ?? 0) > number
  )
  const named = [markerOf(state.mappings).reindex, ...others.map(({ reindex }) => reindex)].flatMap((marker) =>
    marker === undefined ? [] : [marker.from]
  )
  return [...new Set([state.index, ...others.map(({ index }) => index), ...named])]
}

/** Reads these indices. Throws CONFLICT when none of them, or more than one, is behind the alias, and what the server refuses. */
export async function look(
  link: Link,
  update: IndexUpdate,
  indices: readonly string[],
  signal: AbortSignal
): Promise<Look> {
  const { name, spec, digest } = update.desired
  const readings = await readAll(link, indices, declaresUnseen(spec.settings), signal)
  const behind = [...readings].filter(([, { aliases }]) => Object.hasOwn(aliases, name))
  const [current, ...more] = behind
  if (current === undefined || more.length > 0)
    throw new ReconcileError('CONFLICT', `alias ${name} was moved by somebody else`)
  const [index, source] = current
  const allowed = new Set(update.fields.map(({ path }) => path))
  const missing = missingIn(update, index, source)
  const { reindex } = markerOf(source.mappings)
  const facts: Facts = {
    current: index,
    ...(reindex && { swapped: reindex }),
    wanted: [...missing].some((path) => allowed.has(path)),
    digest,
    begun: begunAmong(update, readings, index, (path) => allowed.has(path) || !missing.has(path)),
    blocked: new Set([...readings].filter(([, { settings }]) => isWriteBlocked(settings)).map(([each]) => each))
  }
  return {
    facts,
    readings,
    blueprint: { source, spec, allowed, context: { distribution: update.state.distribution, closed: false } }
  }
}

async function readAll(
  link: Link,
  indices: readonly string[],
  isUnseenWanted: boolean,
  signal: AbortSignal
): Promise<ReadonlyMap<string, IndexReading>> {
  const shown = await readIndices({ link, signal }, indices, Infinity)
  const readings = isUnseenWanted ? await withUnseenSettings({ link, signal }, shown, indices) : shown
  return new Map(
    [...readings].map(([index, reading]) => {
      if (typeof reading === 'string') throw new ReconcileError('NOT_PERMITTED', `${index}: ${reading}`)
      return [index, reading] as const
    })
  )
}

function begunAmong(
  update: IndexUpdate,
  readings: Look['readings'],
  current: string,
  counts: (path: string) => boolean
): readonly Begun[] {
  const { name } = update.desired
  const begun = [...readings].flatMap(([index, reading]): Begun[] => {
    const { reindex: marker } = markerOf(reading.mappings)
    if (marker === undefined || index === current) return []
    const misfit = [...missingIn(update, index, reading)].find(counts)
    return [{ index, marker, ...(misfit !== undefined && { misfit }) }]
  })
  return begun.toSorted((a, b) => (generationOf(name, b.index) ?? 0) - (generationOf(name, a.index) ?? 0))
}

/** Paths of declared fields an index does not have and would get by a new index only. */
function missingIn(
  { desired: { spec }, state: { distribution } }: IndexUpdate,
  index: string,
  reading: IndexReading
): ReadonlySet<string> {
  return spec.strategy === undefined ? new Set() : copiedPaths(spec, { index, isOpen: true, distribution, ...reading })
}

function isWriteBlocked(settings: IndexReading['settings']): boolean {
  return flattenSettings(settings).values.get('blocks.write') === 'true'
}
