/**
 * Whether the process does its work. Neither answer depends on the service beside it: a sidecar that calls itself
 * broken because its workload is would only make things worse.
 * @module
 */
import type { CycleReport } from '../line.ts'
import type { Clock } from '../time/clock.ts'
import { formatDuration } from '../time/duration.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import { replicaStatusAfter, replicaVerdict, type ReplicaStatus } from './replica-status.ts'

export interface HealthOptions {
  readonly clock: Clock
  /** From the start of one cycle to the start of the next, in ms. */
  readonly intervalMs: number
  /** The deadline of one cycle, in ms. */
  readonly cycleTimeoutMs: number
}

/** An answer to a probe and why. */
export interface Verdict {
  readonly ok: boolean
  readonly why: string
}

/** Intervals without completed work after which the loop counts as stuck. */
const patienceIntervals = 3

export class Health {
  readonly observer: Observer
  readonly #options: HealthOptions
  #workedAt: number
  #status: CycleReport['status'] | undefined
  #isConfigured = false
  /** Undefined: none is elected, or nothing is known yet. */
  #replica: ReplicaStatus | 'leader' | undefined
  #wasReady = false

  constructor(options: HealthOptions) {
    this.#options = options
    this.#workedAt = options.clock.now()
    this.observer = {
      ...silentObserver,
      configuration: ({ event }) => {
        if (event === 'accepted') this.#isConfigured = true
      },
      outcome: () => this.#worked(),
      leadership: (event) => {
        // To renew a lease is not the work of one that leads.
        if (event.event === 'tried' || event.event === 'leading') this.#worked()
        this.#replica = replicaStatusAfter(this.#replica, event)
        this.#wasReady ||= this.#verdict().ok
      },
      cycleFinished: ({ status }) => {
        this.#status = status
        this.#worked()
        this.#wasReady ||= this.#verdict().ok
      }
    }
  }

  /** Work was completed: a cycle, also a blind one, or an item of it. */
  #worked(): void {
    this.#workedAt = this.#options.clock.now()
  }

  /**
   * Whether something was completed lately: within three intervals, or within the deadline of one cycle and an interval
   * where that is more. A process that is not live is worth a restart.
   */
  live(): Verdict {
    const { clock, intervalMs, cycleTimeoutMs } = this.#options
    const quietMs = clock.now() - this.#workedAt
    const mostMs = Math.max(patienceIntervals * intervalMs, cycleTimeoutMs + intervalMs)
    const why = `last progress ${formatDuration(quietMs)} ago (limit ${formatDuration(mostMs)})`
    return { ok: quietMs <= mostMs, why }
  }

  /**
   * Whether a valid configuration was loaded and a first cycle tried, or another replica does that. Stays so whatever
   * happens later.
   */
  ready(): Verdict {
    const { ok, why } = this.#verdict()
    return { ok: ok || this.#wasReady, why }
  }

  #verdict(): Verdict {
    if (this.#replica !== undefined && this.#replica !== 'leader') return replicaVerdict(this.#replica)
    if (!this.#isConfigured) return { ok: false, why: 'no valid configuration loaded yet' }
    return this.#status === undefined
      ? { ok: false, why: 'the first cycle is running' }
      : { ok: true, why: `the last cycle was ${this.#status}` }
  }
}
