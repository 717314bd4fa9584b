/**
 * Difference + policy → changes. Whatever must wait becomes a `hold` that says why; the rest goes on.
 * @module
 */
import { risks, type AnyResource, type Change, type FieldChange, type Risk } from '../contract.ts'
import type { Policy } from '../parse/policy.ts'
import type { Difference } from './diff.ts'

/** Why a paused item is held; a pause is a wish, not a difference that somebody has to act on. */
export const pausedWhy = 'paused'

/** What decides whether a difference may be acted on. */
export interface Permission {
  readonly policy: Policy
  /** Written into markers; an object of another owner is held. */
  readonly owner: string
  readonly isProtected: (name: string) => boolean
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
  const { fields } = difference
  if (difference.found === 'present' && fields.length === 0) return [{ ...base, verb: 'keep' }]

  const hold = (why: string, held: readonly FieldChange[], risk: Risk = worstRisk(held)): Change => ({ ...base, verb: 'hold', risk, fields: held, why })
  const refusal = refuse(resource, difference, permission)
  if (refusal !== undefined) return [hold(refusal.why, fields, refusal.risk)]

  const waits = (field: FieldChange): boolean => field.risk === 'unsupported' || permission.policy.hold.includes(field.risk)
  const held = fields.filter(waits)
  if (difference.found === 'absent') {
    if (held.length > 0) return [hold(reasonOf(held), fields)]
    return [{ ...base, verb: 'create', risk: worstRisk(fields), fields, desired }]
  }
  const allowed = fields.filter((field) => !waits(field))
  const changes: Change[] = []
  if (allowed.length > 0) {
    changes.push({ ...base, verb: 'update', risk: worstRisk(allowed), fields: allowed, desired, state: difference.sighting.state })
  }
  if (held.length > 0) changes.push(hold(reasonOf(held), held))
  return changes
}

/** Why nothing of this item may be done, whatever the risk. */
function refuse(resource: AnyResource, difference: Exclude<Difference, { found: 'refused' }>, permission: Permission): { why: string; risk?: Risk } | undefined {
  const { name, control } = difference.desired
  if (control.paused) return { why: pausedWhy }
  if (permission.isProtected(name)) return { why: 'protected' }
  const owner = difference.found === 'present' ? difference.sighting.owner : undefined
  if (owner !== undefined && owner !== permission.owner) return { why: `owned by "${owner}", not by "${permission.owner}"`, risk: 'unsupported' }
  const wait = permission.holds.get(name)
  if (wait !== undefined) return { why: wait, risk: 'unsupported' }
  const verb = difference.found === 'absent' ? 'create' : 'update'
  return resource[verb] === undefined ? { why: `${verb} is not supported for this kind`, risk: 'unsupported' } : undefined
}

function reasonOf(held: readonly FieldChange[]): string {
  const reasons = held.map((field) => field.why ?? `${field.path} is ${field.risk}`)
  const policy = held.some((field) => field.risk !== 'unsupported')
  return `${[...new Set(reasons)].join('; ')}${policy ? ' (policy.yaml: hold)' : ''}`
}
