/**
 * Leader election over a lease, by the rules of client-go's leaderelection, since the client library has none: nobody trusts the
 * clock of another, only how long ago, by its own clock, something has changed.
 * @module
 */
import { Candidate } from './candidate.ts'
import { Leadership, type Lead } from './leadership.ts'
import { defaultTimes } from './lease.ts'
import type { Participant } from './participant.ts'
import { LeaseRequests } from './requests.ts'

export interface ElectionOptions extends Omit<Participant, 'times'> {
  /** @default defaultTimes */
  readonly times?: Participant['times']
  readonly lead: Lead
}

/**
 * Acquires the lease and leads, again and again until `stopping` aborts; then finishes in-flight work and releases the lease,
 * so that another replica need not wait for it to expire. Throws only what `lead` throws, after the lease was released.
 */
export async function runElection({ lead, ...options }: ElectionOptions, stopping: AbortSignal): Promise<void> {
  const participant = { times: defaultTimes, ...options }
  const requests = new LeaseRequests(participant)
  const candidate = new Candidate(participant, requests)
  while (!stopping.aborted) {
    const acquired = await candidate.acquire(stopping)
    if (acquired !== undefined) await new Leadership(participant, requests, acquired).hold(lead, stopping)
  }
}
