/**
 * Difference + policy → changes. Whatever must wait becomes a `hold` that says why; the rest goes on.
 * @module
 */
import { type AnyResource, type Change, type Desired, type FieldChange, type Risk, risks } from '../contract.ts'
import type { ReconcileError } from '../errors.ts'
import type { Policy } from '../parse/policy.ts'
import type { Difference } from './diff.ts'

/** Why a paused item is held; a pause is a wish, not a difference that somebody has to act on. */
export const pausedWhy = 'paused'

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

/** The changes of one declared item: one, or an update and a hold with the same key. Pure. */
export function decide(resource: AnyResource, difference: Difference, permission: Permission): readonly Change[] {
  const { desired } = difference
  const base = { key: desired.key, name: desired.name, kind: resource.kind }
  if (difference.found === 'refused') {
    return [{ ...base, verb: 'hold', risk: 'unsupported', fields: [], why: `not permitted: ${difference.why}` }]
  }
  const hold = (why: string, held: readonly FieldChange[], risk: Risk = worstRisk(held)): Change => {
    return { ...base, verb: 'hold', risk, fields: held, why }
  }
  const wish = leftAlone(desired, permission)
  if (difference.found === 'unclear') return [wish === undefined ? heldByFault(base, difference.error) : hold(wish, [])]
  const { fields } = difference
  if (difference.found === 'present' && fields.length === 0) return [{ ...base, verb: 'keep' }]
  if (wish !== undefined) return [hold(wish, fields)]
  const refusal = refuse(resource, difference, permission)
  if (refusal !== undefined) return [hold(refusal, fields, 'unsupported')]

  const waits = (field: FieldChange): boolean =>
    field.risk === 'unsupported' || permission.policy.hold.includes(field.risk)
  const held = fields.filter(waits)
  if (difference.found === 'absent') {
    if (held.length > 0) return [hold(reasonOf(held), fields)]
    return [{ ...base, verb: 'create', risk: worstRisk(fields), fields, desired }]
  }
  const allowed = fields.filter((field) => !waits(field))
  const changes: Change[] = []
  if (allowed.length > 0) {
    changes.push({
      ...base,
      verb: 'update',
      risk: worstRisk(allowed),
      fields: allowed,
      desired,
      state: difference.sighting.state
    })
  }
  if (held.length > 0) changes.push(hold(reasonOf(held), held))
  return changes
}

/** An item the plugin could not tell anything about, or not in the words of the contract: nothing is done to it. */
export function heldByFault(of: Pick<Change, 'key' | 'name' | 'kind'>, error: ReconcileError): Change {
  return { ...of, verb: 'hold', risk: 'unsupported', fields: [], why: error.message, error }
}

/** Why nothing is to be done to this item, in the words of whoever asked for that. */
function leftAlone({ name, control }: Desired<unknown>, { protection }: Permission): string | undefined {
  return control.paused ? pausedWhy : protection(name)
}

type Clear = Difference & { readonly found: 'absent' | 'present' }

/** Why nothing of this item may be done, whatever the risk. */
function refuse(resource: AnyResource, difference: Clear, permission: Permission): string | undefined {
  const owner = difference.found === 'present' ? difference.sighting.owner : undefined
  if (owner !== undefined && owner !== permission.owner) return `owned by "${owner}", not by "${permission.owner}"`
  const verb = difference.found === 'absent' ? 'create' : 'update'
  const wait = permission.holds.get(difference.desired.name)
  return wait ?? (resource[verb] === undefined ? `${verb} is not supported for this kind` : undefined)
}

function reasonOf(held: readonly FieldChange[]): string {
  const reasons = held.map((field) => field.why ?? `${field.path} is ${field.risk}`)
  const policy = held.some((field) => field.risk !== 'unsupported')
  return `${[...new Set(reasons)].join('; ')}${policy ? ' (policy.yaml: hold)' : ''}`
}
