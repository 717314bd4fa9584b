/**
 * What a replica is among several, as its probes tell it.
 * @module
 */
import type { LeadershipEvent } from '../report/observer.ts'

/** One that does not lead. */
export interface Standing {
  /** Undefined: not known; empty: nobody. */
  readonly leader: string | undefined
  /** Why the lease is not there, or not of use. */
  readonly trouble: string | undefined
}

/** `leads`, also where nobody is elected. Pure. */
export function standingAfter(
  before: Standing | 'leads' | undefined,
  event: LeadershipEvent
): Standing | 'leads' | undefined {
  if (event.event === 'tried') return before
  if (event.event === 'leading') return 'leads'
  if (event.event === 'following') return { leader: event.leader, trouble: undefined }
  if (event.event === 'lost') return { leader: undefined, trouble: event.why }
  if (before === 'leads') return before
  return { leader: before?.leader, trouble: event.event === 'unseen' ? event.why : undefined }
}

/** Ready is who knows that another one reconciles. Pure. */
export function standingVerdict({ leader, trouble }: Standing): { readonly ok: boolean; readonly why: string } {
  if (trouble !== undefined) return { ok: false, why: `standby: ${trouble}` }
  return leader === undefined || leader === ''
    ? { ok: false, why: 'standby: no leader yet' }
    : { ok: true, why: `standby: "${leader}" is the leader` }
}
