/**
 * One that stands by: it looks at the lease until nobody has it any more, and takes it.
 * @module
 */
import type { ElectionOptions } from './election.ts'
import { holdsMs, type Claim, type Lease } from './lease.ts'
import type { LeaseRequests } from './requests.ts'

/** The lease as it was taken. */
export interface Won {
  readonly lease: Lease
  /** When the write was begun. */
  readonly at: number
}

export class Candidate {
  readonly #options: Required<ElectionOptions>
  readonly #requests: LeaseRequests
  /** The newest version seen, and since when, by our own clock. */
  #seen: { readonly version: string; readonly since: number } | undefined
  /** When what was seen last is free; in the past when it is. */
  #freeAt = Number.NEGATIVE_INFINITY
  #followed: string | undefined

  constructor(options: Required<ElectionOptions>, requests: LeaseRequests) {
    this.#options = options
    this.#requests = requests
  }

  /** Stands until it has the lease; undefined when `stopping` aborts first. */
  async win(stopping: AbortSignal): Promise<Won | undefined> {
    const { clock, times, onEvent } = this.#options
    this.#followed = undefined
    while (!stopping.aborted) {
      const triedAt = clock.now()
      const won = await this.#try()
      onEvent({ event: 'tried' })
      if (won !== undefined) return won
      const now = clock.now()
      const next = triedAt + times.retryMs
      await clock.sleep(Math.max(0, (this.#freeAt > now ? Math.min(next, this.#freeAt) : next) - now), stopping)
    }
    return undefined
  }

  async #try(): Promise<Won | undefined> {
    const { leases, clock, times } = this.#options
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

  async #take(lease: Lease): Promise<Won | undefined> {
    const { leases, clock, times, identity } = this.#options
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
   * Where there is no lease one that nobody holds is created, and waited for like any other: it may have been deleted from under
   * somebody who leads.
   */
  #claim(holder: string, transitions: number): Claim {
    const now = this.#options.clock.now()
    return { holder, transitions, durationMs: this.#options.times.leaseMs, acquiredAt: now, renewedAt: now }
  }

  #follow(leader: string): void {
    if (this.#followed !== leader) this.#options.onEvent({ event: 'following', leader })
    this.#followed = leader
  }
}
