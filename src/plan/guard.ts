/**
 * The last look at a whole plan before anything is done: a plan that is too large, or that comes from an input which
 * has lost much of what it declared, is more likely a mistake than a wish.
 * @module
 */
import type { Change, Hold, Write } from '../line.ts'
import type { Policy } from '../parse/policy.ts'
import { withHoldId } from './hold-id.ts'
import { worstRisk } from './policy.ts'
import { isWrite } from './write.ts'

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

/** What is declared now, and what an earlier pass over everything accepted. */
export interface Shrink {
  readonly declared: Declared
  readonly previous: Declared
}

/** Applies both guards. Without `input`, of a one-shot verb or a pass over some items, only that of the size. Pure. */
export function guard(changes: readonly Change[], policy: Policy, input?: Shrink): Guarded {
  const shrunk = input === undefined ? [] : shrunkKinds(input.declared, input.previous, policy.guard.maxShrinkPercent)
  const orphansHeld = changes.map((change) => {
    const shrink = shrunk.find((entry) => entry.kind === change.kind)
    return shrink === undefined || change.verb !== 'orphan' ? change : holdOrphan(change, shrink.why)
  })
  const size = changes.filter(isWrite).length
  const { maxChanges } = policy.guard
  if (maxChanges === 0 || size <= maxChanges) return { changes: orphansHeld, tripped: shrunk }
  const why = `guard: ${size} changes are more than guard.maxChanges ${maxChanges}`
  const cluster = policy.cluster ?? ''
  return {
    changes: joinHolds(
      orphansHeld.map((change) => (isWrite(change) ? holdWrite(change, why, cluster) : change)),
      cluster
    ),
    tripped: [...shrunk, { why }]
  }
}

function holdOrphan({ key, name, kind, state }: Change & { readonly verb: 'orphan' }, why: string): Hold {
  return { key, name, kind, verb: 'hold', risk: 'destructive', fields: [], reason: 'guard', why, state }
}

function holdWrite(write: Write, why: string, cluster: string): Hold {
  const { key, name, kind, risk, fields, desired } = write
  const state = write.verb === 'update' ? { state: write.state } : {}
  return withHoldId({ key, name, kind, verb: 'hold', risk, fields, reason: 'guard', why, desired, ...state }, cluster)
}

/** All held parts of an item are one hold. What only the guard holds is as good as what policy holds beside it. */
function joinHolds(changes: readonly Change[], cluster: string): readonly Change[] {
  return [...Map.groupBy(changes, ({ key }) => key).values()].flatMap((own) => {
    const [first, ...others] = own.filter((change) => change.verb === 'hold')
    if (first === undefined || others.length === 0) return own
    const holds = [first, ...others]
    const fields = holds.flatMap((held) => held.fields)
    // Whoever lifts the guard meets the other reason next.
    const reason = holds.find((held) => held.reason !== 'guard')?.reason ?? first.reason
    const { id: _id, ...rest } = first
    const joined = { ...rest, reason, risk: worstRisk(fields), fields, why: holds.map(({ why }) => why).join('; ') }
    return [withHoldId(joined, cluster)]
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
