/**
 * Difference + policy → changes. Whatever must wait becomes a `hold` that says why and keeps what it holds; the rest is
 * planned.
 * @module
 */
import { risks, type AnyResource, type Desired, type FieldChange, type Risk } from '../contract.ts'
import type { Change, Hold, ItemOf } from '../line.ts'
import type { ReconcileError } from '../errors.ts'
import type { Policy } from '../parse/policy.ts'
import type { HoldReason } from '../records.ts'
import type { Difference } from './diff.ts'
import { withHoldId } from './hold-id.ts'

/** What decides whether a difference may be acted on. */
export interface Permission {
  readonly policy: Policy
  /** Written into markers; an object of another owner is held. */
  readonly owner: string
  /** Why a name is never touched; undefined for one that may be. */
  readonly protection: (name: string) => string | undefined
  /** Item name → why it waits. */
  readonly holds: ReadonlyMap<string, string>
}

/** The worst of the fields' risks. */
export function worstRisk(fields: readonly FieldChange[]): Risk {
  const rank = Math.max(0, ...fields.map((field) => risks.indexOf(field.risk)))
  return risks[rank] ?? 'safe'
}

/** Why something is held. */
interface Wait {
  readonly reason: HoldReason
  readonly why: string
}

/** The changes of one declared item: one, or an update and a hold with the same key. Pure. */
export function decide(resource: AnyResource, difference: Difference, permission: Permission): readonly Change[] {
  const { desired } = difference
  const base = { key: desired.key, name: desired.name, kind: resource.kind }
  if (difference.found === 'refused') {
    const why = `not permitted: ${difference.why}`
    return [{ ...base, verb: 'hold', risk: 'unsupported', fields: [], reason: 'not-permitted', why, desired }]
  }
  const state = difference.found === 'present' ? { state: difference.sighting.state } : {}
  const hold = (wait: Wait, held: readonly FieldChange[], risk: Risk = worstRisk(held)): Hold => {
    const cluster = permission.policy.cluster ?? ''
    return withHoldId({ ...base, verb: 'hold', risk, fields: held, ...wait, desired, ...state }, cluster)
  }
  const wish = leftAlone(desired, permission)
  if (difference.found === 'unclear') {
    return [wish === undefined ? { ...heldByFault(base, difference.error), desired } : hold(wish, [])]
  }
  const { fields } = difference
  if (difference.found === 'present' && fields.length === 0)
    return [{ ...base, verb: 'keep', generation: desired.digest }]
  if (wish !== undefined) return [hold(wish, fields)]
  const refusal = refusalOf(resource, difference, permission)
  if (refusal !== undefined) return [hold(refusal, fields, 'unsupported')]

  const waits = (field: FieldChange): boolean =>
    field.risk === 'unsupported' || permission.policy.hold.includes(field.risk)
  const held = fields.filter(waits)
  const generation = desired.digest
  if (difference.found === 'absent') {
    if (held.length > 0) return [hold(waitOf(held), fields)]
    return [{ ...base, verb: 'create', risk: worstRisk(fields), fields, desired, generation }]
  }
  const allowed = fields.filter((field) => !waits(field))
  const changes: Change[] = []
  if (allowed.length > 0) {
    const risk = worstRisk(allowed)
    const { state: found } = difference.sighting
    changes.push({ ...base, verb: 'update', risk, fields: allowed, desired, generation, state: found })
  }
  if (held.length > 0) changes.push(hold(waitOf(held), held))
  return changes
}

/** An item the plugin could not tell anything about, or not in the words of the contract: nothing is done to it. */
export function heldByFault(of: ItemOf, error: ReconcileError): Hold {
  return { ...of, verb: 'hold', risk: 'unsupported', fields: [], reason: 'fault', why: error.message, error }
}

/** Why nothing is to be done to this item, in the words of whoever asked for that. */
function leftAlone({ name, control }: Desired<unknown>, { protection }: Permission): Wait | undefined {
  if (control.paused) return { reason: 'paused', why: 'paused' }
  const why = protection(name)
  return why === undefined ? undefined : { reason: 'protected', why }
}

type Clear = Difference & { readonly found: 'absent' | 'present' }

/** Why nothing of this item may be done, whatever the risk. */
function refusalOf(resource: AnyResource, difference: Clear, permission: Permission): Wait | undefined {
  const owner = difference.found === 'present' ? difference.sighting.owner : undefined
  if (owner !== undefined && owner !== permission.owner) {
    return { reason: 'owner', why: `owned by "${owner}", not by "${permission.owner}"` }
  }
  const verb = difference.found === 'absent' ? 'create' : 'update'
  const wait = permission.holds.get(difference.desired.name)
  if (wait !== undefined) return { reason: 'rule', why: wait }
  return resource[verb] === undefined ? { reason: 'no-verb', why: `${verb} is not supported for this kind` } : undefined
}

function waitOf(held: readonly FieldChange[]): Wait {
  const reasons = held.map((field) => field.why ?? `${field.path} is ${field.risk}`)
  const isRisk = held.some((field) => field.risk !== 'unsupported')
  const why = `${[...new Set(reasons)].join('; ')}${isRisk ? ' (policy.yaml: hold)' : ''}`
  return { reason: isRisk ? 'risk' : 'unsupported', why }
}
