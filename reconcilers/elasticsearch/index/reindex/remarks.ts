/**
 * what is said about generations that are not in use. None is ever deleted.
 * @module
 */
import type { Desired, Remark } from '../../../../src/plugin.ts'
import type { Generation, IndexSpec, IndexState } from '../state.ts'
import { isBlockedByUs, unfinishedFields } from './unfinished.ts'

/** Pure. */
export function generationRemarks(
  { name, control }: Desired<IndexSpec>,
  state: IndexState | undefined
): readonly Remark[] {
  if (state === undefined) return []
  const warn = (code: string, message: string): Remark => ({ name, verdict: 'warn', code, path: [], message })
  const kept = (state.others ?? []).flatMap((other) => {
    const message = whyKept(other)
    return message === undefined ? [] : [warn('OLD_GENERATION', message)]
  })
  if (!control.paused || unfinishedFields(state).length === 0) return kept
  const blocked = isBlockedByUs(state)
    ? `, and ${state.index} refuses writes until the copy continues or somebody sets its blocks.write to false`
    : ''
  return [...kept, warn('REINDEX_PAUSED', `it is paused in the middle of a reindex${blocked}`)]
}

function whyKept({ index, replaced, reindex }: Generation): string | undefined {
  const kept = 'and is kept; delete it when it is no longer needed'
  if (replaced !== undefined) return `${index} was replaced by ${replaced.by} at ${replaced.at} ${kept}`
  if (reindex?.failed !== undefined) return `${index} was given up (${reindex.failed}) ${kept}`
  return undefined
}
