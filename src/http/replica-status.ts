/**
 * What a replica is among several, as its probes tell it.
 * @module
 */
import type { LeadershipEvent } from '../report/observer.ts'

/** One that does not lead. */
export interface ReplicaStatus {
  /** Undefined: not known; empty: nobody. */
  readonly leader: string | undefined
  /** Why the lease is not there, or not of use. */
  readonly trouble: string | undefined
}

/** `leader`, also where nobody is elected. Pure. */
export function replicaStatusAfter(
  before: ReplicaStatus | 'leader' | undefined,
  event: LeadershipEvent
): ReplicaStatus | 'leader' | undefined {
  if (event.event === 'tried') return before
  if (event.event === 'leading') return 'leader'
  if (event.event === 'following') return { leader: event.leader, trouble: undefined }
  if (event.event === 'lost') return { leader: undefined, trouble: event.why }
  if (before === 'leader') return before
  return { leader: before?.leader, trouble: event.event === 'unseen' ? event.why : undefined }
}

/** Ready is who knows that another one reconciles. Pure. */
export function replicaVerdict({ leader, trouble }: ReplicaStatus): { readonly ok: boolean; readonly why: string } {
  if (trouble !== undefined) return { ok: false, why: `standby: ${trouble}` }
  return leader === undefined || leader === ''
    ? { ok: false, why: 'standby: no leader yet' }
    : { ok: true, why: `standby: "${leader}" is the leader` }
}
