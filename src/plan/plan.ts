/**
 * Desired state + actual state → plan. The only function that makes a plan; pure: no clock, no network.
 * @module
 */
import type { AnyResource, CheckContext, Observed } from '../contract.ts'
import type { Change, Plan, Undeclared } from '../line.ts'
import { keyOf, type Key, type Problem, type Scope } from '../records.ts'
import type { DesiredState } from '../parse/desired.ts'
import type { DesiredKind } from '../parse/items.ts'
import type { ReconcileError } from '../errors.ts'
import { describeProblem } from '../parse/describe-problem.ts'
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
  /** What is planned: everything, or these items only, without orphans and without the guard of a shrunk input. */
  readonly scope?: Scope
  /** What an earlier cycle accepted; absent for one-shot verbs. */
  readonly previous?: Declared
}

export interface Planned {
  readonly plan: Plan
  readonly tripped: readonly Tripped[]
}

/** Plans one cycle. The order of items does not matter to any change. */
export function plan(desired: DesiredState, actual: ActualState, options: PlanOptions): Planned {
  const { scope = 'all', previous } = options
  const declared = declaredByKind(desired.kinds)
  const kinds = desired.kinds.flatMap((desiredKind) => {
    const actualKind = actual.get(desiredKind.kind.kind)
    return actualKind === undefined ? [] : [planKind(desired, desiredKind, actualKind, { ...options, scope, declared })]
  })
  const shrink = previous === undefined || scope !== 'all' ? undefined : { declared: declaredNames(desired), previous }
  const changes = kinds.flatMap((kind) => kind.changes)
  const guarded = guard(changes, desired.policy, shrink)
  const made = {
    service: desired.service,
    configDigest: desired.digest,
    scope,
    mode: desired.policy.mode,
    changes: guarded.changes,
    undeclared: kinds.flatMap((kind) => kind.undeclared),
    warnings: [...desired.warnings, ...kinds.flatMap((kind) => kind.warnings)]
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where the brand is given
  return { plan: made as unknown as Plan, tripped: guarded.tripped }
}

interface KindOptions extends PlanOptions {
  readonly scope: Scope
  readonly declared: CheckContext<unknown, unknown>['declared']
}

interface PlannedKind {
  readonly changes: readonly Change[]
  readonly undeclared: readonly Undeclared[]
  readonly warnings: readonly Problem[]
}

function planKind(
  desired: DesiredState,
  desiredKind: DesiredKind,
  actual: ActualKind,
  { owner, scope, declared }: KindOptions
): PlannedKind {
  const { resource, observed } = actual
  const isInScope = ({ key }: { readonly key: Key }): boolean => scope === 'all' || scope.has(key)
  const checked = checkKind(desiredKind, declared, observed, resource, scope)
  const protection = protectionOf(resource, desired.policy)
  const permission = { policy: desired.policy, owner, protection, holds: checked.holds }
  const differences = checked.items.filter(isInScope).map((item): Difference => {
    const error = checked.faults.get(item.name)
    return error === undefined ? diffItem(resource, item, observed) : { found: 'unclear', desired: item, error }
  })
  const broken = new Set(desiredKind.invalid.map(({ key }) => key))
  const invalid = checked.invalid.filter(isInScope).map(({ key, name, problems }): Change => {
    const why = problems.map(describeProblem).join('; ')
    return { key, name, kind: resource.kind, verb: 'invalid', reason: broken.has(key) ? 'declaration' : 'rule', why }
  })
  const unasked = scope === 'all' ? undeclaredItems(desired, desiredKind, actual, { checked, protection, owner }) : []
  return {
    changes: [...differences.flatMap((each) => decide(resource, each, permission)), ...invalid, ...unasked],
    undeclared: differences.flatMap((each) => (each.found === 'present' ? each.undeclared : [])),
    warnings: checked.warnings
  }
}

interface Unasked {
  readonly checked: CheckedKind
  readonly protection: (name: string) => string | undefined
  readonly owner: string
}

/** Faults of the plugin about names that nobody declared, and orphans. */
function undeclaredItems(
  desired: DesiredState,
  desiredKind: DesiredKind,
  actual: ActualKind,
  { checked, protection, owner }: Unasked
): readonly Change[] {
  const { kind } = actual.resource
  const strange = strangers(checked).map(([name, error]) =>
    heldByFault({ key: keyOf(desired.service, kind, name), name, kind }, error)
  )
  return [...strange, ...orphans(desired, desiredKind, actual, protection, owner)]
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
