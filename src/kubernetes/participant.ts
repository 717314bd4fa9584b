/**
 * One replica in an election: what its candidature and its leadership have in common.
 * @module
 */
import type { LeadershipEvent } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import type { ElectionTimes, Leases } from './lease.ts'

export interface Participant {
  /** Unlike that of every other participant, and of this one before a restart. */
  readonly identity: string
  readonly leases: Leases
  /** Must not jump, and must not stand still while the process or the machine sleeps. */
  readonly clock: Clock
  readonly times: ElectionTimes
  /** Called for every change, and for every reason why the lease could not be used. Must not throw. */
  readonly onEvent: (event: LeadershipEvent) => void
}
