/**
 * The end of a copy: the new generation gets what was held back, both are compared, and the aliases move at once.
 * @module
 */
import { ReconcileError } from '../../../../src/plugin.ts'
import { isBody, type Body } from '../../body.ts'
import { valueAt } from '../../body/compare.ts'
import type { Link } from '../../connection/link.ts'
import { word } from '../../mapping/definition.ts'
import { encodeName } from '../../connection/paths.ts'
import { bodyOf } from '../../connection/refusal.ts'
import type { Block } from './marker.ts'
import type { Route } from './task.ts'

/** What counting both generations means. `short`: writers that write to both may have missed one; another copy adds it. */
export type Counted = { readonly counts: 'equal' } | { readonly counts: 'short' | 'different'; readonly why: string }

/** Documents of both generations, the old one counted first. Pure. */
export function judgeCounts(old: number, copied: number, block: Block): Counted {
  if (copied === old || (block === 'none' && copied > old)) return { counts: 'equal' }
  const why = `${copied.toLocaleString('en')} of ${old.toLocaleString('en')} documents are in the new generation`
  return { counts: block === 'none' ? 'short' : 'different', why }
}

/** Makes everything written visible in both and counts them, the old one first. */
export async function countBoth(
  link: Link,
  { from, to }: Route,
  signal: AbortSignal
): Promise<readonly [number, number]> {
  const count = async (index: string): Promise<number> => {
    bodyOf(await link.ask({ method: 'POST', path: `/${encodeName(index)}/_refresh` }, signal))
    const answer = bodyOf(await link.ask({ method: 'GET', path: `/${encodeName(index)}/_count` }, signal))
    // A shard that does not answer would be missing from the number without a word.
    if (valueAt(answer, ['_shards', 'failed']) !== 0 || typeof answer['count'] !== 'number')
      throw new ReconcileError('UNAVAILABLE', `not all shards of ${index} can be counted`)
    return answer['count']
  }
  const old = await count(from)
  return [old, await count(to)]
}

const ranks = ['red', 'yellow', 'green']

/** Whether the new generation is as well replicated as the old one. */
export async function isAsHealthy(link: Link, { from, to }: Route, signal: AbortSignal): Promise<boolean> {
  const query = { level: 'indices', filter_path: 'indices.*.status' }
  const { indices } = bodyOf(
    await link.ask({ method: 'GET', path: `/_cluster/health/${encodeName(from)},${encodeName(to)}`, query }, signal)
  )
  const rank = (index: string): number =>
    ranks.indexOf(word(valueAt(isBody(indices) ? indices : {}, [index, 'status'])))
  return rank(to) >= rank(from)
}

/** All or nothing. Throws CONFLICT when an alias has been moved by somebody else. */
export async function moveAliases(link: Link, actions: readonly Body[], signal: AbortSignal): Promise<void> {
  const answer = bodyOf(
    await link.ask({ method: 'POST', path: '/_aliases', query: link.patience, body: { actions: [...actions] } }, signal)
  )
  if (answer['errors'] === true)
    throw new ReconcileError('CONFLICT', 'an alias was moved by somebody else at the same time')
}
