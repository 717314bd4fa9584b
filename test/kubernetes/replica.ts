/**
 * A candidate as a process of its own: with a clock that goes wrong, that can be paused in the middle of anything, and that
 * writes as long as it leads.
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { runElection } from '../../src/kubernetes/election.ts'
import { defaultTimes, type ElectionTimes, type Leases } from '../../src/kubernetes/lease.ts'
import type { Lead, LeadershipSignals } from '../../src/kubernetes/leadership.ts'
import type { LeadershipEvent } from '../../src/report/observer.ts'
import type { Clock } from '../../src/time/clock.ts'
import type { ManualClock } from '../../src/testing/manual-clock.ts'

/** What the replicas write to. A write of a term is wrong once a later term has begun. */
export class World {
  readonly wrong: string[] = []
  writes = 0
  #terms = 0

  beginTerm(): number {
    return (this.#terms += 1)
  }

  write(term: number, who: string): void {
    this.writes += 1
    if (term !== this.#terms) this.wrong.push(`${who} wrote in term ${term} while term ${this.#terms} was on`)
  }
}

export interface ReplicaOptions {
  readonly leases: Leases
  readonly clock: ManualClock
  readonly world: World
  /** By how much its clock is wrong, in ms. */
  readonly skewMs?: number
  readonly times?: ElectionTimes
  /** Without: it writes without a look at the time. */
  readonly isCareful?: boolean
}

/** From one write to the next. */
const workMs = 130

export class Replica {
  readonly identity: string
  readonly told: string[] = []
  readonly why: string[] = []
  readonly ended: Promise<void>
  isLeading = false
  /** How long it takes to end what it does, in ms. */
  lagMs = 0
  readonly #options: ReplicaOptions
  readonly #stopping = new AbortController()
  #isPaused = false
  readonly #answers: (() => void)[] = []
  readonly #timers: (() => void)[] = []

  constructor(identity: string, options: ReplicaOptions) {
    this.identity = identity
    this.#options = options
    const { leases, clock, skewMs = 0, times = defaultTimes } = options
    const own: Clock = {
      now: () => clock.now() + skewMs,
      sleep: (ms, signal) => clock.sleep(ms, signal).then(() => this.#resumed(this.#timers)),
      timeout: (ms) => clock.timeout(ms)
    }
    const arrives = async <T>(answer: Promise<T>): Promise<T> => {
      await Promise.allSettled([answer])
      await this.#resumed(this.#answers)
      return answer
    }
    const seen: Leases = {
      read: (signal) => arrives(leases.read(signal)),
      create: (claim, signal) => arrives(leases.create(claim, signal)),
      replace: (lease, claim, signal) => arrives(leases.replace(lease, claim, signal))
    }
    const lead: Lead = (signals) => this.#lead(signals)
    this.ended = runElection(
      { identity, leases: seen, clock: own, times, lead, onEvent: (event) => this.#note(event) },
      this.#stopping.signal
    )
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** As SIGSTOP does: what it has asked is answered, and it does not get to know. */
  pause(): void {
    this.#isPaused = true
  }

  /** As SIGCONT does: it sees answers before it sees that timers are due. */
  async resume(): Promise<void> {
    this.#isPaused = false
    for (const go of this.#answers.splice(0)) go()
    await turn()
    for (const go of this.#timers.splice(0)) go()
    await turn()
  }

  async #resumed(waiting: (() => void)[]): Promise<void> {
    while (this.#isPaused) await new Promise<void>((resolve) => waiting.push(resolve))
  }

  #note(event: LeadershipEvent): void {
    if (event.event === 'tried') return
    this.told.push(event.event === 'following' ? `following ${event.leader}` : event.event)
    if ('why' in event) this.why.push(event.why)
  }

  async #lead({ stopping, lost, check }: LeadershipSignals): Promise<void> {
    const { clock, world, isCareful = true } = this.#options
    const term = world.beginTerm()
    this.isLeading = true
    const endsAt = (): number => (stopping.aborted ? stoppedAt + this.lagMs : Number.POSITIVE_INFINITY)
    let stoppedAt = clock.now()
    stopping.addEventListener('abort', () => (stoppedAt = clock.now()), { once: true })
    const hurry = AbortSignal.any(this.lagMs === 0 ? [stopping, lost] : [lost])
    while (!lost.aborted && clock.now() < endsAt()) {
      // Answers of the service come before timers, too.
      await clock.sleep(workMs, hurry).then(() => this.#resumed(this.#answers))
      if (isCareful) check()
      if (!lost.aborted && clock.now() < endsAt()) world.write(term, this.identity)
    }
    this.isLeading = false
    if (lost.aborted) await clock.sleep(this.lagMs)
  }
}
