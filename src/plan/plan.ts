/**
 * Desired state + actual state → plan. The only function that makes a plan; pure: no clock, no network.
 * @module
 */
import type { AnyResource, Change, Observed, Plan, Undeclared } from '../contract.ts'
import { keyOf, type Problem } from '../records.ts'
import type { DesiredState } from '../parse/desired.ts'
import type { DesiredKind } from '../parse/items.ts'
import type { ReconcileError } from '../errors.ts'
import { type CheckedKind, checkKind, declaredByKind } from './check.ts'
import { type Difference, diffItem } from './diff.ts'
import { guard, type Declared, type Tripped } from './guard.ts'
import { matchesAny } from './patterns.ts'
import { decide, heldByFault } from './policy.ts'
import { protectionOf } from './protection.ts'

/** One kind as the service showed it. */
export interface ActualKind {
  readonly resource: AnyResource
  readonly observed: Observed<unknown, unknown>
}

/** Everything that was observed, by kind. */
export type ActualState = ReadonlyMap<string, ActualKind>

export interface PlanOptions {
  /** Written into markers; an object of another owner is held. */
  readonly owner: string
  /** What an earlier cycle accepted; absent for one-shot verbs. */
  readonly previous?: Declared
}

export interface Planned {
  readonly plan: Plan
  readonly tripped: readonly Tripped[]
}

/** Plans one cycle. The order of items does not matter to any change. */
export function plan(desired: DesiredState, actual: ActualState, options: PlanOptions): Planned {
  const declared = declaredByKind(desired.kinds)
  const changes: Change[] = []
  const undeclared: Undeclared[] = []
  const warnings: Problem[] = [...desired.warnings]
  for (const desiredKind of desired.kinds) {
    const actualKind = actual.get(desiredKind.kind.kind)
    if (actualKind === undefined) continue
    const { resource, observed } = actualKind
    const checked = checkKind(desiredKind, declared, observed, resource)
    const protection = protectionOf(resource, desired.policy)
    const permission = { policy: desired.policy, owner: options.owner, protection, holds: checked.holds }
    warnings.push(...checked.warnings)
    for (const item of checked.items) {
      const error = checked.faults.get(item.name)
      const unclear: Difference | undefined = error && { found: 'unclear', desired: item, error }
      const difference = unclear ?? diffItem(resource, item, observed)
      changes.push(...decide(resource, difference, permission))
      if (difference.found === 'present') undeclared.push(...difference.undeclared)
    }
    for (const [name, error] of strangers(checked)) {
      changes.push(heldByFault({ key: keyOf(desired.service, resource.kind, name), name, kind: resource.kind }, error))
    }
    for (const { key, name, problems } of checked.invalid) {
      changes.push({ key, name, kind: resource.kind, verb: 'invalid', why: problems.map(describeProblem).join('; ') })
    }
    changes.push(...orphans(desired, desiredKind, actualKind, protection, options.owner))
  }
  const guarded = guard(changes, declaredNames(desired), desired.policy, options.previous)
  const made = {
    service: desired.service,
    configDigest: desired.digest,
    mode: desired.policy.mode,
    changes: guarded.changes,
    undeclared,
    warnings
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where the brand is given
  return { plan: made as unknown as Plan, tripped: guarded.tripped }
}

/** The names declared per kind, invalid ones included: a typo must not turn a topic into an orphan. */
export function declaredNames(desired: DesiredState): Declared {
  return new Map(
    desired.kinds.map(({ kind, items, invalid }) => [
      kind.kind,
      new Set([...items, ...invalid].map((item) => item.name))
    ])
  )
}

/** `file:line:column path: message`; what stands in no file is the message alone. */
export function describeProblem({ file, line, column, path, message }: Problem): string {
  return file === '' ? message : `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}: ${message}`
}

/** Faults about names that are not those of items. */
function strangers({ items, invalid, faults }: CheckedKind): readonly [name: string, error: ReconcileError][] {
  const names = new Set([...items, ...invalid].map(({ name }) => name))
  return [...faults].filter(([name]) => !names.has(name))
}

function orphans(
  desired: DesiredState,
  { kind, items, invalid }: DesiredKind,
  { resource, observed }: ActualKind,
  protection: (name: string) => string | undefined,
  owner: string
): Change[] {
  const names = new Set([...items, ...invalid].map((item) => item.name))
  const isOwned = matchesAny(desired.policy.owned)
  return [...observed.items].flatMap(([name, sighting]) => {
    if (names.has(name) || 'refused' in sighting || sighting.excluded !== undefined) return []
    if (sighting.owner !== undefined && sighting.owner !== owner) return []
    if (protection(name) !== undefined || !isOwned(name)) return []
    return [
      { key: keyOf(desired.service, kind.kind, name), name, kind: resource.kind, verb: 'orphan', state: sighting.state }
    ]
  })
}
