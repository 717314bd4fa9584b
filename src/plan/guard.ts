/**
 * The last look at a whole plan before anything is done: a plan that is too large, or that comes from an input which
 * has lost much of what it declared, is more likely a mistake than a wish.
 * @module
 */
import type { Change } from '../contract.ts'
import type { Policy } from '../parse/policy.ts'
import { worstRisk } from './policy.ts'

/** Names declared per kind, in a set that an earlier cycle accepted. */
export type Declared = ReadonlyMap<string, ReadonlySet<string>>

/** A guard that held something. */
export interface Tripped {
  readonly why: string
  /** The kind whose input shrank; absent when the size of the plan was the reason. */
  readonly kind?: string
}

export interface Guarded {
  readonly changes: readonly Change[]
  readonly tripped: readonly Tripped[]
}

/** Applies both guards. `previous` is undefined for one-shot verbs, which have no earlier set. Pure. */
export function guard(changes: readonly Change[], declared: Declared, policy: Policy, previous?: Declared): Guarded {
  const shrunk = previous === undefined ? [] : shrunkKinds(declared, previous, policy.guard.maxShrinkPercent)
  const orphansHeld = changes.map((change) => {
    const shrink = shrunk.find((entry) => entry.kind === change.kind)
    return shrink === undefined || change.verb !== 'orphan' ? change : hold(change, shrink.why)
  })
  const size = changes.filter((change) => change.verb === 'create' || change.verb === 'update').length
  const { maxChanges } = policy.guard
  if (maxChanges === 0 || size <= maxChanges) return { changes: orphansHeld, tripped: shrunk }
  const why = `guard: ${size} changes are more than guard.maxChanges ${maxChanges}`
  return {
    changes: joinHolds(
      orphansHeld.map((change) => (change.verb === 'create' || change.verb === 'update' ? hold(change, why) : change))
    ),
    tripped: [...shrunk, { why }]
  }
}

function hold(change: Change & { verb: 'create' | 'update' | 'orphan' }, why: string): Change {
  const { key, name, kind } = change
  const risk = change.verb === 'orphan' ? 'destructive' : change.risk
  return { key, name, kind, verb: 'hold', risk, fields: change.verb === 'orphan' ? [] : change.fields, why }
}

/** All held parts of an item are one hold. */
function joinHolds(changes: readonly Change[]): readonly Change[] {
  return [...Map.groupBy(changes, ({ key }) => key).values()].flatMap((own) => {
    const [first, ...others] = own.filter((change) => change.verb === 'hold')
    if (first === undefined || others.length === 0) return own
    const holds = [first, ...others]
    const fields = holds.flatMap((held) => held.fields)
    return [{ ...first, risk: worstRisk(fields), fields, why: holds.map(({ why }) => why).join('; ') }]
  })
}

function shrunkKinds(
  declared: Declared,
  previous: Declared,
  maxPercent: number
): (Tripped & { readonly kind: string })[] {
  return [...previous].flatMap(([kind, before]) => {
    const now = declared.get(kind)
    if (now === undefined || before.size === 0) return []
    const lost = [...before].filter((name) => !now.has(name)).length
    // Not rounded: with a limit of 0 one of a thousand is too many.
    if (lost * 100 <= maxPercent * before.size) return []
    const percent = Math.ceil((lost / before.size) * 100)
    const why = `guard: ${lost} of ${before.size} declared (${percent} %) are gone from the configuration, more than guard.maxShrinkPercent ${maxPercent}; restart, or raise it, to accept`
    return [{ kind, why }]
  })
}
