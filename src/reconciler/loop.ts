/**
 * Passes, one after the other, whenever something is due. The interval is the guarantee and is kept exactly as given;
 * everything else only shortens the wait.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { InFlight } from '../apply/in-flight.ts'
import type { Breaker } from '../connect/breaker.ts'
import type { Outcome } from '../line.ts'
import { backoffMs } from '../time/backoff.ts'
import type { Key } from '../records.ts'
import type { Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import type { Agenda, Requeued } from './agenda.ts'
import type { ConfigLook, DesiredSource } from './desired-source.ts'
import type { Passes } from './pass.ts'
import { Wake } from './wake.ts'

/** A pass that could not look is repeated after this long, in ms; then after twice as long, at most the interval. */
const blindBaseMs = 1_000

export interface LoopOptions {
  readonly clock: Clock
  readonly observer: Observer
  readonly source: DesiredSource
  readonly passes: Passes
  readonly agenda: Agenda
  readonly inFlight: InFlight
  readonly breaker: Breaker
  /** The deadline of a pass, in ms. */
  readonly cycleTimeoutMs: number
}

/** What an operator may ask of a running reconciler. */
export interface Control {
  /** Looks at everything at once, also at a service that was not answering. */
  run(): void
  /** Forgets what failed for these items, or for all, and tries them at once. */
  requeue(keys: readonly Key[] | 'all'): Requeued
}

/** How long, and to whose signals. */
export interface Term {
  /** From the start of one pass over everything to the start of the next. */
  readonly intervalMs: number
  /** Aborts when no pass is to begin any more; what is in flight is waited for. */
  readonly stopping: AbortSignal
  /** Aborts when calls in flight are to be given up. */
  readonly lost: AbortSignal
}

export class ReconcileLoop implements Control {
  readonly #options: LoopOptions
  readonly #wake = new Wake()
  /** Ends the pass that runs: something newer is known. */
  #superseded = new AbortController()
  #blindPasses = 0
  #isReading = false
  /** What the watch found while a pass read the files. */
  #hinted: string | undefined
  /** The files could be used when they were read last. */
  #wasUsable = true

  constructor(options: LoopOptions) {
    this.#options = options
  }

  /**
   * The files have changed, or cannot be read: nothing of the configuration in force is begun any more. `digest` is that
   * of the files, where it is known.
   */
  configurationChanged(digest?: string): void {
    this.#options.breaker.probeNow()
    // The pass that reads them at this moment will most likely have found the same.
    if (this.#isReading && digest !== undefined) this.#hinted = digest
    else this.#interrupt()
  }

  run(): void {
    this.#options.breaker.probeNow()
    this.#options.agenda.everything()
    this.#interrupt()
  }

  requeue(keys: readonly Key[] | 'all'): Requeued {
    const answer = this.#options.agenda.requeue(keys)
    if (answer.requeued.length > 0) this.#interrupt()
    return answer
  }

  /** A call that has outlived its pass was answered. */
  late(outcome: Outcome): void {
    this.#options.agenda.late(outcome)
    this.#wake.request()
  }

  /** Passes until a signal of the term aborts, and all calls have ended. */
  async drive({ intervalMs, stopping, lost }: Term): Promise<void> {
    const { agenda, clock, inFlight } = this.#options
    const term = { intervalMs, stopping: AbortSignal.any([stopping, lost]), lost }
    agenda.everything()
    while (!term.stopping.aborted) {
      await this.#pass(term)
      await this.#wake.wait(Math.max(0, agenda.nextDueAt - clock.now()), clock, term.stopping)
    }
    await inFlight.drained()
  }

  async #pass({ intervalMs, stopping, lost }: Term): Promise<void> {
    const { agenda, clock, source, passes, cycleTimeoutMs } = this.#options
    const startedAt = clock.now()
    const superseded = new AbortController()
    this.#superseded = superseded
    const config = await this.#read()
    const isNew = config.digest === '' || config.digest !== source.readDigest
    source.accept(config)
    const isUsable = 'desired' in config.found
    if (isNew) agenda.declare('desired' in config.found ? config.found.desired : undefined)
    // That it can, or cannot, be used from now on is said of everything.
    if (isUsable !== this.#wasUsable) agenda.everything()
    this.#wasUsable = isUsable
    const taken = agenda.take()
    if (taken.size === 0) return
    if (taken.has('*')) agenda.everything({ class: 'drift', dueAt: startedAt + intervalMs })
    const timeout = clock.timeout(cycleTimeoutMs)
    const report = await passes.make({
      runId: randomUUID(),
      scope: agenda.scopeOf(taken),
      startedAt,
      config,
      urgency: agenda.urgencyOf(taken, startedAt),
      lost,
      inForce: () => source.inForce(config),
      digestInForce: () => source.digestInForce,
      limits: {
        deadline: timeout.signal,
        stopping,
        superseded: superseded.signal,
        nextPassAt: () => Math.min(agenda.nextDueAt, startedAt + intervalMs),
        mayLeaveCalls: true
      }
    })
    timeout.clear()
    if (report.status === 'blind') agenda.settleBlind(taken, this.#lookAgainAt(intervalMs))
    else agenda.settle(report, taken)
    // What became of the rest while the service did not answer, nobody knows.
    if (report.status !== 'blind' && this.#blindPasses > 0) agenda.everything()
    this.#blindPasses = report.status === 'blind' ? this.#blindPasses + 1 : 0
    this.#tellState()
  }

  async #read(): Promise<ConfigLook> {
    this.#hinted = undefined
    this.#isReading = true
    const config = await this.#options.source.look()
    this.#isReading = false
    if (this.#hinted !== undefined && this.#hinted !== config.digest) this.#interrupt()
    return config
  }

  /** When to look again at a service that could not be seen. */
  #lookAgainAt(intervalMs: number): number {
    const { breaker, clock } = this.#options
    const options = { baseMs: blindBaseMs, capMs: Math.max(blindBaseMs, intervalMs), random: () => 1 }
    return breaker.nextProbeAt ?? clock.now() + backoffMs(this.#blindPasses + 1, options)
  }

  #tellState(): void {
    const { observer, agenda, breaker } = this.#options
    const { counts, oldestMs } = agenda.pending()
    observer.state?.({ pending: counts, oldestMs, breaker: breaker.state })
  }

  #interrupt(): void {
    this.#superseded.abort()
    this.#wake.request()
  }
}
