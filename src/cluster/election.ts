/**
 * Leader election over one object that all candidates can read, and replace when they have seen its newest version: a Lease
 * of Kubernetes. The client library has none. The rules are those of client-go's leaderelection: nobody trusts the clock of
 * another, only how long ago, by its own clock, something has changed.
 * @module
 */
import { toReconcileError } from '../errors.ts'
import type { LeadershipEvent } from '../report/observer.ts'
import type { Clock } from '../run/clock.ts'
import { within } from '../run/deadline.ts'

/** The lease as it was seen. */
export interface Lease {
  /** Empty: nobody; who held it has let go. */
  readonly holder: string
  /** Another one after each write, whoever wrote. */
  readonly version: string
  readonly transitions: number
  /** How long it holds after the last write, in ms, as its holder says. */
  readonly durationMs: number
}

/** What a candidate writes. */
export interface Claim {
  readonly holder: string
  readonly transitions: number
  readonly durationMs: number
  /** ms since the epoch. */
  readonly acquiredAt: number
  readonly renewedAt: number
}

/** Where the lease is kept. Every method gives up when `signal` aborts. */
export interface Leases {
  /** Undefined: there is none. */
  read(signal: AbortSignal): Promise<Lease | undefined>
  /** Writes. Throws CONFLICT when there is one. */
  create(claim: Claim, signal: AbortSignal): Promise<Lease>
  /** Writes. Throws CONFLICT when `seen` is not the newest version. */
  replace(seen: Lease, claim: Claim, signal: AbortSignal): Promise<Lease>
}

/** All in ms; each less than the one before. */
export interface ElectionTimes {
  /** For how long a lease holds that nobody renews. */
  readonly leaseMs: number
  /** A leader that could not renew for so long is none any more, before another one can be. */
  readonly renewMs: number
  /** Between two tries. */
  readonly retryMs: number
}

/** A leader that has crashed is followed within 5 s. */
export const defaultTimes: ElectionTimes = { leaseMs: 4_000, renewMs: 2_500, retryMs: 800 }

export interface ElectionOptions {
  /** Unlike that of every other candidate, and of this one before a restart. */
  readonly identity: string
  readonly leases: Leases
  readonly clock: Clock
  readonly times?: ElectionTimes
  /** Leads until one of the signals aborts, and resolves when nothing of it is under way any more. Must not throw. */
  readonly lead: (term: TermSignals) => Promise<void>
  /** Told of every change, and of every reason why the lease could not be seen. Must not throw. */
  readonly onEvent: (event: LeadershipEvent) => void
}

export interface TermSignals {
  /** Begin nothing new; what is under way may be finished, the lease is renewed as long. */
  readonly stopping: AbortSignal
  /** Another one may lead in a moment: what is under way must end now. */
  readonly lost: AbortSignal
}

interface Term {
  readonly acquiredAt: number
  readonly transitions: number
  readonly ended: Promise<void>
  stop(): void
  lose(): void
}

export class Election {
  readonly #options: Required<ElectionOptions>
  /** The newest version seen, and since when, by our own clock. */
  #seen: { readonly lease: Lease | undefined; readonly since: number } | undefined
  /** When the last write that is known to have succeeded was begun. */
  #renewedAt = Number.NEGATIVE_INFINITY
  #term: Term | undefined
  /** Of a term that was lost, until its leader has ended what it did. */
  #ending: Promise<void> | undefined
  #followed: string | undefined

  constructor(options: ElectionOptions) {
    this.#options = { times: defaultTimes, ...options }
  }

  /** Stands for election until `stopping` aborts; then ends the term, and lets go, so that another one need not wait. */
  async run(stopping: AbortSignal): Promise<void> {
    const { clock, times, onEvent } = this.#options
    while (!stopping.aborted) {
      await this.#try()
      onEvent({ event: 'tried' })
      const left = this.#term === undefined ? times.retryMs : Math.max(0, Math.min(times.retryMs, this.#deadline() - clock.now()))
      await clock.sleep(left, stopping)
    }
    if (this.#term !== undefined) await this.#finish(this.#term)
  }

  /** Until what is under way has ended nobody else may begin. */
  async #finish(term: Term): Promise<void> {
    const { clock, times } = this.#options
    const over = new AbortController()
    const ended = term.ended.finally(() => over.abort())
    term.stop()
    // Most have nothing under way and end at once.
    await clock.sleep(0)
    while (!over.signal.aborted && this.#term === term) {
      await this.#try()
      await clock.sleep(times.retryMs, over.signal)
    }
    await ended
    if (this.#term === term) await this.#letGo(term)
  }

  #deadline(): number {
    return this.#renewedAt + this.#options.times.renewMs
  }

  async #try(): Promise<void> {
    const { clock, times, onEvent } = this.#options
    const limit = this.#term === undefined ? times.retryMs : Math.min(times.retryMs, this.#deadline() - clock.now())
    try {
      if (limit > 0) await this.#limited(limit, (signal) => (this.#term === undefined ? this.#stand(signal) : this.#renew(this.#term, signal)))
    } catch (error) {
      const { code, message } = toReconcileError(error)
      // What was written is not known, or somebody else was quicker: what is there now is read before the next write.
      this.#seen = undefined
      if (code !== 'CONFLICT') onEvent({ event: 'unseen', why: message })
    }
    if (this.#term !== undefined && clock.now() >= this.#deadline()) this.#lose(`the lease could not be renewed for ${times.renewMs} ms`)
  }

  /** A call that hangs must not keep the leader from noticing that its time is over. */
  async #limited(ms: number, call: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const over = new AbortController()
    const done = new AbortController()
    void this.#options.clock.sleep(ms, done.signal).then(() => over.abort())
    try {
      await within('lease', over.signal, () => call(over.signal))
    } finally {
      done.abort()
    }
  }

  /** A candidate: takes what is free, let go, or not renewed for as long as its holder said, seen by our own clock. */
  async #stand(signal: AbortSignal): Promise<void> {
    const { leases, clock, onEvent } = this.#options
    const lease = await leases.read(signal)
    const now = clock.now()
    if (this.#seen?.lease?.version !== lease?.version || this.#seen === undefined) this.#seen = { lease, since: now }
    if (!this.#mayTake(lease, now - this.#seen.since)) {
      const leader = lease?.holder ?? ''
      if (this.#followed !== leader) onEvent({ event: 'following', leader })
      this.#followed = leader
      return
    }
    const transitions = lease === undefined ? 0 : lease.transitions + 1
    const claim = this.#claim(now, transitions)
    const written = await (lease === undefined ? leases.create(claim, signal) : leases.replace(lease, claim, signal))
    this.#seen = { lease: written, since: now }
    this.#renewedAt = now
    this.#begin(now, transitions)
  }

  /** What holds our own name while we do not lead is a write of ours whose answer was lost. */
  #mayTake(lease: Lease | undefined, unchangedMs: number): boolean {
    if (this.#ending !== undefined) return false
    return lease === undefined || lease.holder === '' || lease.holder === this.#options.identity || unchangedMs >= lease.durationMs
  }

  async #renew({ acquiredAt, transitions }: Term, signal: AbortSignal): Promise<void> {
    const { leases, clock, identity } = this.#options
    const lease = this.#seen?.lease ?? (await leases.read(signal))
    if (lease?.holder !== identity) return this.#lose(lease === undefined ? 'the lease is gone' : `the lease is held by "${lease.holder}"`)
    const now = clock.now()
    const written = await leases.replace(lease, this.#claim(acquiredAt, transitions, now), signal)
    this.#seen = { lease: written, since: now }
    this.#renewedAt = now
  }

  #claim(acquiredAt: number, transitions: number, renewedAt = acquiredAt): Claim {
    const { identity, times } = this.#options
    return { holder: identity, transitions, durationMs: times.leaseMs, acquiredAt, renewedAt }
  }

  #begin(acquiredAt: number, transitions: number): void {
    const { lead, onEvent } = this.#options
    const [stopping, lost] = [new AbortController(), new AbortController()]
    this.#followed = undefined
    onEvent({ event: 'leading' })
    const ended = lead({ stopping: stopping.signal, lost: lost.signal })
    this.#term = { acquiredAt, transitions, ended, stop: () => stopping.abort(), lose: () => lost.abort() }
  }

  #lose(why: string): void {
    const term = this.#term
    this.#term = undefined
    this.#seen = undefined
    term?.lose()
    this.#ending = term?.ended.finally(() => {
      this.#ending = undefined
    })
    this.#options.onEvent({ event: 'lost', why })
  }

  /** Only what is still ours; when it fails, others wait until the lease is over. */
  async #letGo({ acquiredAt, transitions }: Term): Promise<void> {
    const { leases, clock, identity, times } = this.#options
    await this.#limited(times.retryMs, async (signal) => {
      const lease = await leases.read(signal)
      if (lease?.holder !== identity) return
      await leases.replace(lease, { ...this.#claim(acquiredAt, transitions, clock.now()), holder: '' }, signal)
    }).catch(() => undefined)
  }
}
