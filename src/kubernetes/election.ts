/**
 * Leader election over a lease, by the rules of client-go's leaderelection, since the client library has none: nobody trusts the
 * clock of another, only how long ago, by its own clock, something has changed.
 * @module
 */
import type { LeadershipEvent } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { Candidate } from './candidate.ts'
import { defaultTimes, type ElectionTimes, type Leases } from './lease.ts'
import { LeaseRequests } from './requests.ts'
import { Term, type TermSignals } from './term.ts'

export interface ElectionOptions {
  /** Unlike that of every other candidate, and of this one before a restart. */
  readonly identity: string
  readonly leases: Leases
  /** Must not jump, and must not stand still while the process or the machine sleeps. */
  readonly clock: Clock
  readonly times?: ElectionTimes
  /** Leads until one of the signals aborts, and resolves when nothing of it is under way any more. */
  readonly lead: (term: TermSignals) => Promise<void>
  /** Told of every change, and of every reason why the lease could not be used. Must not throw. */
  readonly onEvent: (event: LeadershipEvent) => void
}

/**
 * Stands for election, and leads when elected, again and again until `stopping` aborts; then ends what is under way and lets go,
 * so that another one need not wait. Throws only what `lead` throws, after the lease was let go.
 */
export async function runElection(options: ElectionOptions, stopping: AbortSignal): Promise<void> {
  const complete = { times: defaultTimes, ...options }
  const requests = new LeaseRequests(complete)
  const candidate = new Candidate(complete, requests)
  while (!stopping.aborted) {
    const won = await candidate.win(stopping)
    if (won !== undefined) await new Term(complete, requests, won).serve(stopping)
  }
}
