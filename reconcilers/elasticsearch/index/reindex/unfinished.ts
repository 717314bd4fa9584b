/**
 * What a copy has left in an index, as far as one observation shows it.
 * @module
 */
import type { FieldChange } from '../../../../src/plugin.ts'
import type { IndexState } from '../state.ts'
import { markerOf, type ReindexMarker } from './marker.ts'

/** The field under which an unfinished copy is reported, so that it is taken care of whatever is declared. */
export const unfinishedPath = 'reindex'

/** Another generation of the same name whose copy is not finished: it is being filled, or it holds a write block of ours. */
function openMarker({
  index,
  others = []
}: IndexState): { readonly index: string; readonly marker: ReindexMarker } | undefined {
  for (const { index: other, reindex: marker } of others) {
    const isOpen = marker !== undefined && (marker.failed === undefined || marker.block === 'ours')
    if (isOpen && other !== index) return { index: other, marker }
  }
  return undefined
}

/**
 * What is left to clear up or to go on with; empty when there is nothing, and for an index declared by its own name: the
 * copy belongs to the alias, whose item takes care of it. Pure.
 */
export function unfinishedFields(state: IndexState): readonly FieldChange[] {
  if (state.others === undefined) return []
  if (markerOf(state.mappings).reindex !== undefined)
    return [change(`${state.index} is in use, what it replaces is not cleared up`)]
  const open = openMarker(state)
  return open === undefined ? [] : [change(`${open.index} is begun`)]
}

function change(before: string): FieldChange {
  return { path: unfinishedPath, before, after: null, risk: 'safe' }
}

/** Whether writes to the index are refused by us. Pure. */
export function isBlockedByUs(state: IndexState): boolean {
  return (state.others ?? []).some(({ reindex }) => reindex?.from === state.index && reindex.block === 'ours')
}
