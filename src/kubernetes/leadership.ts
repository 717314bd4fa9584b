/**
 * Leadership from the lease's acquisition to its release or loss: the lease is renewed meanwhile.
 * @module
 */
import type { AcquiredLease, Claim, Lease } from './lease.ts'
import type { Participant } from './participant.ts'
import type { LeaseRequests } from './requests.ts'

/** What a leader has to heed. */
export interface LeadershipSignals {
  /** Begin nothing new; in-flight work may finish, and the lease is renewed until it has. */
  readonly stopping: AbortSignal
  /** Another replica may lead in a moment: in-flight work must end now. */
  readonly lost: AbortSignal
  /**
   * Aborts `lost` when its time has come. Timers do that too, but late where the process was paused: to be called right before
   * each write.
   */
  readonly check: () => void
}

/** Leads until one of the signals aborts, and resolves when none of its work is in flight. */
export type Lead = (signals: LeadershipSignals) => Promise<void>

export class Leadership {
  readonly #participant: Participant
  readonly #requests: LeaseRequests
  readonly #acquired: AcquiredLease
  readonly #lost = new AbortController()
  /** Undefined: what is there now has to be read before the next write. */
  #lease: Lease | undefined
  /** When the last write that is known to have succeeded was begun. */
  #renewedAt: number

  constructor(participant: Participant, requests: LeaseRequests, acquired: AcquiredLease) {
    this.#participant = participant
    this.#requests = requests
    this.#acquired = acquired
    this.#lease = acquired.lease
    this.#renewedAt = acquired.at
  }

  /**
   * Leads until `stopping` aborts or the lease is lost. Resolves when `lead` has ended and the lease is released. Throws what
   * `lead` throws.
   */
  async hold(lead: Lead, stopping: AbortSignal): Promise<void> {
    const over = new AbortController()
    this.#participant.onEvent({ event: 'leading' })
    const ended = lead({ stopping, lost: this.#lost.signal, check: () => this.#check() }).finally(() => over.abort())
    try {
      await Promise.all([ended, this.#keep(AbortSignal.any([over.signal, this.#lost.signal]))])
    } finally {
      if (!this.#lost.signal.aborted) await this.#release()
    }
  }

  /** Renews until `over` aborts. */
  async #keep(over: AbortSignal): Promise<void> {
    const { clock, times } = this.#participant
    let triedAt = this.#renewedAt
    for (;;) {
      await clock.sleep(Math.max(0, Math.min(triedAt + times.retryMs, this.#deadline) - clock.now()), over)
      if (over.aborted) return
      triedAt = clock.now()
      await this.#renew()
      this.#check()
    }
  }

  get #deadline(): number {
    return this.#renewedAt + this.#participant.times.renewMs
  }

  #check(): void {
    const { clock, times } = this.#participant
    if (clock.now() >= this.#deadline) this.#lose(`the lease could not be renewed for ${times.renewMs} ms`)
  }

  /** The lease is read at once after a write that failed: another replica may lead already. */
  async #renew(): Promise<void> {
    const { leases, identity } = this.#participant
    if (this.#lease !== undefined && (await this.#write(this.#lease))) return
    const read = await this.#ask((signal) => leases.read(signal))
    if (read === undefined) return
    const lease = read.answer
    if (lease === undefined) this.#lose('the lease is gone')
    else if (lease.holder !== identity)
      this.#lose(lease.holder === '' ? 'the lease was let go by hand' : `the lease is held by "${lease.holder}"`)
    else await this.#write(lease)
  }

  async #write(lease: Lease): Promise<boolean> {
    const { leases, clock, identity, times } = this.#participant
    const now = clock.now()
    const written = await this.#ask((signal) =>
      leases.replace(lease, this.#claim(now, identity, times.leaseMs), signal)
    )
    this.#lease = written?.answer
    if (written === undefined) return false
    this.#requests.worked()
    this.#renewedAt = now
    return true
  }

  /** A request that hangs must not keep the leader from noticing that its lease has expired. */
  async #ask<T>(call: (signal: AbortSignal) => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    const { clock, times } = this.#participant
    const limit = Math.min(times.retryMs, this.#deadline - clock.now())
    return limit <= 0 ? undefined : this.#requests.ask(limit, call)
  }

  #claim(renewedAt: number, holder: string, durationMs: number | undefined): Claim {
    return {
      holder,
      transitions: this.#acquired.lease.transitions,
      durationMs,
      acquiredAt: this.#acquired.at,
      renewedAt
    }
  }

  #lose(why: string): void {
    if (this.#lost.signal.aborted) return
    this.#lost.abort()
    this.#participant.onEvent({ event: 'lost', why })
  }

  /** Only a lease that is still ours; when it fails, others wait until the lease expires. */
  async #release(): Promise<void> {
    const { leases, clock, identity, times } = this.#participant
    const read = await this.#requests.ask(times.retryMs, (signal) => leases.read(signal))
    const lease = read?.answer
    if (lease?.holder !== identity) return
    await this.#requests.ask(times.retryMs, (signal) =>
      leases.replace(lease, this.#claim(clock.now(), '', undefined), signal)
    )
  }
}
