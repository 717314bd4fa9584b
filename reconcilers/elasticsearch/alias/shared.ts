/**
 * An alias that indices declare as their own, each its part: the others in it are left alone, so none of the parts may
 * take from the alias what these give it.
 * @module
 */
import type { FieldChange } from '../../../src/plugin.ts'
import { sameMember } from './member.ts'
import { lostWriteIndex, writersOf, type Members } from './write-index.ts'

/** One alias as the indices that declare it see it. */
export interface SharedAlias {
  readonly live: Members
  /** What indices declare of it. */
  readonly declared: Members
}

/**
 * What putting the declared parts in place beside the others would do to the alias. Two write indices the server
 * refuses; without the one it has, every writer fails. Undefined when nobody is harmed, and when all members are
 * declared: then it is the author's word. Pure.
 */
export function sharedHazard(
  alias: string,
  { live, declared }: SharedAlias
): Required<Pick<FieldChange, 'risk' | 'why'>> | undefined {
  const after = new Map([...live, ...declared])
  const others = [...live.keys()].filter((index) => !declared.has(index))
  const [first, second] = writersOf(after)
  if (second !== undefined) {
    const why = `alias "${alias}" would have two write indices, "${first}" and "${second}"; ${advice(alias, others)}`
    return { risk: 'unsupported', why }
  }
  const lost = others.length === 0 ? undefined : lostWriteIndex(live, after)
  if (lost === undefined) return undefined
  const loss = `alias "${alias}" would be left without a write index, now writes go to "${lost}"`
  const why = `${loss}; ${advice(alias, others)}`
  return { risk: 'disruptive', why }
}

function advice(alias: string, others: readonly string[]): string {
  const missing =
    others.length === 0 ? 'keep one of them' : `declare ${others.map((index) => `"${index}"`).join(', ')} too`
  return `${missing}, or leave the alias to rollover with reconcile.ignore: ["aliases.${alias}"]`
}

/**
 * Why a request with these members, a part of what is declared, must wait for the rest; undefined for the whole, and
 * for a part that leaves the alias its one write index. Pure.
 */
export function whyIncomplete(alias: string, { live, declared }: SharedAlias, written: Members): string | undefined {
  const after = new Map([...live, ...written])
  const missing = [...declared].find(([index, member]) => {
    const actual = after.get(index)
    return actual === undefined || !sameMember(actual, member)
  })
  if (missing === undefined || (lostWriteIndex(live, after) === undefined && writersOf(after).length < 2))
    return undefined
  return `the write index of alias "${alias}" moves once "${missing[0]}" can be in it as declared`
}
