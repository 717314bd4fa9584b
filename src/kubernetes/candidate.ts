/**
 * A replica on standby: it watches the lease until nobody holds it, and acquires it.
 * @module
 */
import { holdsMs, type AcquiredLease, type Claim, type Lease } from './lease.ts'
import type { Participant } from './participant.ts'
import type { LeaseRequests } from './requests.ts'

export class Candidate {
  readonly #participant: Participant
  readonly #requests: LeaseRequests
  /** The newest version seen, and since when, by our own clock. */
  #seen: { readonly version: string; readonly since: number } | undefined
  /** When what was seen last is free; in the past when it is. */
  #freeAt = Number.NEGATIVE_INFINITY
  #followed: string | undefined

  constructor(participant: Participant, requests: LeaseRequests) {
    this.#participant = participant
    this.#requests = requests
  }

  /** Resolves when it has acquired the lease; undefined when `stopping` aborts first. */
  async acquire(stopping: AbortSignal): Promise<AcquiredLease | undefined> {
    const { clock, times, onEvent } = this.#participant
    this.#followed = undefined
    while (!stopping.aborted) {
      const triedAt = clock.now()
      const acquired = await this.#try()
      onEvent({ event: 'tried' })
      if (acquired !== undefined) return acquired
      const now = clock.now()
      const next = triedAt + times.retryMs
      await clock.sleep(Math.max(0, (this.#freeAt > now ? Math.min(next, this.#freeAt) : next) - now), stopping)
    }
    return undefined
  }

  async #try(): Promise<AcquiredLease | undefined> {
    const { leases, clock, times } = this.#participant
    const read = await this.#requests.ask(times.retryMs, (signal) => leases.read(signal))
    if (read === undefined) return undefined
    const lease =
      read.answer ??
      (await this.#requests.ask(times.retryMs, (signal) => leases.create(this.#claim('', 0), signal)))?.answer
    if (lease === undefined) return undefined
    const now = clock.now()
    if (this.#seen?.version !== lease.version) this.#seen = { version: lease.version, since: now }
    this.#freeAt = this.#seen.since + holdsMs(lease, times)
    if (now >= this.#freeAt) return this.#take(lease)
    this.#requests.worked()
    this.#follow(lease.holder)
    return undefined
  }

  async #take(lease: Lease): Promise<AcquiredLease | undefined> {
    const { leases, clock, times, identity } = this.#participant
    const at = clock.now()
    const claim = this.#claim(identity, lease.transitions + 1)
    const written = await this.#requests.ask(times.retryMs, (signal) => leases.replace(lease, claim, signal))
    if (written === undefined) return undefined
    this.#requests.worked()
    this.#seen = { version: written.answer.version, since: clock.now() }
    // A process that was paused meanwhile has the lease of an earlier time.
    return clock.now() - at < times.renewMs ? { lease: written.answer, at } : undefined
  }

  /**
   * A missing lease is created without a holder, and waited for like any other: it may have been deleted while a replica
   * leads.
   */
  #claim(holder: string, transitions: number): Claim {
    const now = this.#participant.clock.now()
    return { holder, transitions, durationMs: this.#participant.times.leaseMs, acquiredAt: now, renewedAt: now }
  }

  #follow(leader: string): void {
    if (this.#followed !== leader) this.#participant.onEvent({ event: 'following', leader })
    this.#followed = leader
  }
}
