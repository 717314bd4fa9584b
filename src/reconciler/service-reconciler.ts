/**
 * The shared base class: one service, one configuration, one straight line.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { InFlight } from '../apply/in-flight.ts'
import { Pace } from '../apply/pace.ts'
import { guardService } from '../boundary/service.ts'
import { Breaker } from '../connect/breaker.ts'
import type { Service } from '../contract.ts'
import type { CycleReport, Outcome } from '../line.ts'
import type { DesiredState } from '../parse/desired.ts'
import type { ActualState } from '../plan/plan.ts'
import { defaultLedgerOptions, Ledger, type LedgerOptions } from '../queue/ledger.ts'
import type { Urgency } from '../queue/order.ts'
import type { Watch } from '../read/change-poller.ts'
import { directorySource, type ConfigSource } from '../read/source.ts'
import type { Target } from '../records.ts'
import { Board } from '../report/board.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import { systemClock, type Clock } from '../time/clock.ts'
import { DesiredSource, type DesiredReading } from './desired-source.ts'
import { Agenda } from './agenda.ts'
import { ReconcileLoop, type Control } from './loop.ts'
import { Passes, type Look } from './pass.ts'

export interface ReconcilerOptions {
  /** The mounted directory; not needed with `source`. @default '/config' */
  readonly directory?: string
  /** Where the configuration is read and watched. @default the directory */
  readonly source?: ConfigSource
  /** Which of several instances this is; in reports, metrics and log lines. @default '' */
  readonly target?: Target
  /** Written into markers; an object of another owner is held. @default 'infometis' */
  readonly owner?: string
  /** The deadline of one pass, and of each call that writes, in ms. @default 300000 */
  readonly cycleTimeoutMs?: number
  /** Every field is read, to list undeclared ones, at most this often, in ms. 0: in every cycle. @default 600000 */
  readonly fullReadIntervalMs?: number
  /** Most calls that write at once. @default 4 */
  readonly concurrency?: number
  /** Most items written a second; 0: as many as there are. @default 0 */
  readonly maxChangesPerSecond?: number
  readonly clock?: Clock
  readonly observer?: Observer
  readonly ledger?: Partial<LedgerOptions>
  /** Called right before each call that writes: the last moment to abort a signal of the cycle, which then is not made. */
  readonly beforeWrite?: () => void
}

/** Everything is as urgent as everything else. */
function evenly(now: number): Urgency {
  return { classOf: () => 'fresh', sinceOf: () => 0, knownSince: () => now, ahead: 0 }
}

const never = (): AbortSignal => new AbortController().signal

export class ServiceReconciler {
  readonly #service: Service
  readonly #clock: Clock
  readonly #observer: Observer
  readonly #cycleTimeoutMs: number
  readonly #watched: ConfigSource
  readonly #source: DesiredSource
  readonly #passes: Passes
  readonly #loop: ReconcileLoop
  /** Whoever runs one pass wants to know what the service says now; only a loop spares it. */
  #isRunning = false

  constructor(
    service: Service,
    { directory = '/config', source = directorySource(directory), ...options }: ReconcilerOptions
  ) {
    const { clock = systemClock, observer = silentObserver, cycleTimeoutMs = 300_000 } = options
    this.#service = guardService(service, (fault) => observer.fault?.(fault))
    this.#watched = source
    this.#clock = clock
    this.#observer = observer
    this.#cycleTimeoutMs = cycleTimeoutMs
    const ledger = new Ledger({ ...defaultLedgerOptions, ...options.ledger })
    const inFlight = new InFlight(options.concurrency ?? 4)
    const breaker = new Breaker({ clock })
    this.#source = new DesiredSource(
      () => source.read(),
      { name: service.name, kinds: this.#service.resources },
      observer
    )
    this.#passes = new Passes({
      service: this.#service,
      target: options.target ?? '',
      owner: options.owner ?? 'infometis',
      fullReadIntervalMs: options.fullReadIntervalMs ?? 600_000,
      beforeWrite: options.beforeWrite ?? (() => undefined),
      callTimeoutMs: cycleTimeoutMs,
      pace: new Pace(options.maxChangesPerSecond ?? 0),
      board: new Board(),
      mustProbe: () => this.#isRunning && breaker.state === 'half-open',
      guarded: (work) => (this.#isRunning ? breaker.call(work) : work()),
      onLateOutcome: (outcome) => this.#loop.late(outcome),
      clock,
      observer,
      ledger,
      inFlight
    })
    this.#loop = new ReconcileLoop({
      clock,
      observer,
      cycleTimeoutMs,
      inFlight,
      breaker,
      agenda: new Agenda({ clock, ledger, inFlight }),
      source: this.#source,
      passes: this.#passes
    })
  }

  /** What an operator may ask of a running reconciler. */
  get control(): Control {
    return this.#loop
  }

  /**
   * Calls `onChange` when the files differ from those last read, with their digest, or cannot be read. A hint that
   * shortens the wait, never the only trigger.
   */
  watchConfigChanges(onChange: (digest?: string) => void): Watch {
    return this.#watched.watch({
      onChange: (foundBy, { digest }) => {
        this.#observer.configuration({ event: 'changed', foundBy, digest })
        if (digest !== this.#source.readDigest) onChange(digest)
      },
      onProblem: (problem) => {
        if (problem.kind === 'degraded') this.#observer.configuration({ event: 'polling', message: problem.reason })
        else onChange()
      }
    })
  }

  /**
   * Reads and parses the configuration. While it cannot be used the last good one stays in force; without one this
   * throws CONFIG_MISSING or CONFIG_SYNTAX. Never writes, changes nothing.
   */
  async getDesiredState(): Promise<DesiredReading> {
    return this.#source.inForce(await this.#source.look())
  }

  /**
   * Reads every managed kind. Throws when it could not look, or when this is another cluster. Never writes, changes
   * nothing.
   */
  getActualState(desired: DesiredState, signal: AbortSignal, full = true): Promise<ActualState> {
    return this.#passes.observe(desired, { runId: randomUUID(), scope: 'all', signal }, full)
  }

  /** Writes what the plan of a look allows, and waits for all of it. Nothing is thrown. */
  applyChanges({ plan, facts }: Pick<Look, 'plan' | 'facts'>, signal: AbortSignal): Promise<readonly Outcome[]> {
    const limits = this.#limits(signal, never())
    return this.#passes.apply(plan, {
      runId: randomUUID(),
      facts,
      urgency: evenly(this.#clock.now()),
      limits,
      lost: never()
    })
  }

  /**
   * Plans from a new reading. Throws when there is no configuration or it could not look. Never writes, changes
   * nothing: what the next cycle does is the same with and without it.
   */
  async plan(signal: AbortSignal): Promise<Look> {
    const config = await this.#source.look()
    return this.#passes.look(config, this.#source.inForce(config), { runId: randomUUID(), scope: 'all', signal })
  }

  /**
   * One pass over everything, which waits for all of its calls. Never throws: what goes wrong is in the report.
   * `stopping` lets only calls in flight finish, `lost` gives these up too. `from` is a look to start from instead of a
   * new one: its plan is applied as it was shown.
   */
  async reconcile(stopping = never(), lost = never(), from?: Look): Promise<CycleReport> {
    const startedAt = this.#clock.now()
    const timeout = this.#clock.timeout(this.#cycleTimeoutMs)
    try {
      const config = from?.config ?? (await this.#source.look())
      this.#source.accept(config)
      return await this.#passes.make({
        runId: randomUUID(),
        scope: 'all',
        startedAt,
        config,
        urgency: evenly(this.#clock.now()),
        from,
        lost,
        inForce: () => this.#source.inForce(config),
        digestInForce: () => this.#source.digestInForce,
        limits: this.#limits(AbortSignal.any([timeout.signal, lost]), stopping)
      })
    } finally {
      timeout.clear()
    }
  }

  /**
   * The sidecar: looks at everything every `intervalMs`, and at what has changed, failed or was written as soon as that
   * is due, until `stopping` aborts; then finishes what is in flight. When `lost` aborts, it ends that as well. Closes
   * the service.
   */
  async run(intervalMs: number, stopping: AbortSignal, lost: AbortSignal = never()): Promise<void> {
    const watch = this.watchConfigChanges((digest) => this.#loop.configurationChanged(digest))
    this.#isRunning = true
    try {
      await this.#loop.drive({ intervalMs, stopping, lost })
    } finally {
      await watch.close()
      await this.#service.close()
    }
  }

  /** A pass that ends waits for its calls. */
  #limits(deadline: AbortSignal, stopping: AbortSignal) {
    return { deadline, stopping, superseded: never(), nextPassAt: () => Infinity, mayLeaveCalls: false }
  }
}
