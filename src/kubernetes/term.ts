/**
 * The time for which one leads: the lease is renewed as long, and let go at the end.
 * @module
 */
import type { Won } from './candidate.ts'
import type { ElectionOptions } from './election.ts'
import type { Claim, Lease } from './lease.ts'
import type { LeaseRequests } from './requests.ts'

/** What one that leads has to heed. */
export interface TermSignals {
  /** Begin nothing new; what is under way may be finished, the lease is renewed as long. */
  readonly stopping: AbortSignal
  /** Another one may lead in a moment: what is under way must end now. */
  readonly lost: AbortSignal
  /**
   * Aborts `lost` when its time has come. Timers do that too, but late where the process was paused: to be called right before
   * each write.
   */
  readonly check: () => void
}

export class Term {
  readonly #options: Required<ElectionOptions>
  readonly #requests: LeaseRequests
  readonly #won: Won
  readonly #lost = new AbortController()
  /** Undefined: what is there now has to be read before the next write. */
  #lease: Lease | undefined
  /** When the last write that is known to have succeeded was begun. */
  #renewedAt: number

  constructor(options: Required<ElectionOptions>, requests: LeaseRequests, won: Won) {
    this.#options = options
    this.#requests = requests
    this.#won = won
    this.#lease = won.lease
    this.#renewedAt = won.at
  }

  /** Leads until `stopping` aborts or the lease is lost. Resolves when nothing is under way any more and the lease is let go. */
  async serve(stopping: AbortSignal): Promise<void> {
    const { lead, onEvent } = this.#options
    const over = new AbortController()
    onEvent({ event: 'leading' })
    const ended = lead({ stopping, lost: this.#lost.signal, check: () => this.#check() }).finally(() => over.abort())
    try {
      await Promise.all([ended, this.#keep(AbortSignal.any([over.signal, this.#lost.signal]))])
    } finally {
      if (!this.#lost.signal.aborted) await this.#letGo()
    }
  }

  /** Renews until `over` aborts. */
  async #keep(over: AbortSignal): Promise<void> {
    const { clock, times } = this.#options
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
    return this.#renewedAt + this.#options.times.renewMs
  }

  #check(): void {
    const { clock, times } = this.#options
    if (clock.now() >= this.#deadline) this.#lose(`the lease could not be renewed for ${times.renewMs} ms`)
  }

  /** What became of a write that failed is looked at once: another one may lead already. */
  async #renew(): Promise<void> {
    const { leases, identity } = this.#options
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
    const { leases, clock, identity, times } = this.#options
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

  /** A request that hangs must not keep the leader from noticing that its time is over. */
  async #ask<T>(call: (signal: AbortSignal) => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    const { clock, times } = this.#options
    const limit = Math.min(times.retryMs, this.#deadline - clock.now())
    return limit <= 0 ? undefined : this.#requests.ask(limit, call)
  }

  #claim(renewedAt: number, holder: string, durationMs: number | undefined): Claim {
    return { holder, transitions: this.#won.lease.transitions, durationMs, acquiredAt: this.#won.at, renewedAt }
  }

  #lose(why: string): void {
    if (this.#lost.signal.aborted) return
    this.#lost.abort()
    this.#options.onEvent({ event: 'lost', why })
  }

  /** Only what is still ours; when it fails, others wait until the lease is over. */
  async #letGo(): Promise<void> {
    const { leases, clock, identity, times } = this.#options
    const read = await this.#requests.ask(times.retryMs, (signal) => leases.read(signal))
    const lease = read?.answer
    if (lease?.holder !== identity) return
    await this.#requests.ask(times.retryMs, (signal) =>
      leases.replace(lease, this.#claim(clock.now(), '', undefined), signal)
    )
  }
}
