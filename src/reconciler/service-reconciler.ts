/**
 * The shared base class: one service, one configuration, one straight line.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { CycleReport, Outcome, Plan, Service } from '../contract.ts'
import { ReconcileError, toReconcileError } from '../errors.ts'
import { guardService } from '../boundary/service.ts'
import { applyPlan } from '../apply/apply-plan.ts'
import { defaultLedgerOptions, Ledger, type LedgerOptions } from '../apply/ledger.ts'
import type { DesiredState } from '../parse/desired.ts'
import type { ConfigFiles } from '../read/config-files.ts'
import type { Declared } from '../plan/guard.ts'
import { declaredNames, plan, type ActualState, type Planned } from '../plan/plan.ts'
import { refuseIfAllRefused } from '../plan/sight.ts'
import type { Watch } from '../read/look.ts'
import { directorySource, type ConfigSource } from '../read/source.ts'
import { blindReport, reportOf, type ConfigTrouble } from '../report/cycle-report.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import { systemClock, type Clock } from '../time/clock.ts'
import { DesiredSource, type ConfigLook, type DesiredReading } from './desired-source.ts'
import { runLoop } from './loop.ts'
import { callService } from '../apply/service-call.ts'
import { Wake } from './wake.ts'

export interface ReconcilerOptions {
  /** The mounted directory; not needed with `source`. @default '/config' */
  readonly directory?: string
  /** Where the configuration is read and watched. @default the directory */
  readonly source?: ConfigSource
  /** Reads instead of the source, which goes on being watched. */
  readonly read?: () => Promise<ConfigFiles>
  /** Written into markers; an object of another owner is held. @default 'infometis' */
  readonly owner?: string
  /** The deadline of one cycle, in ms. @default 300000 */
  readonly cycleTimeoutMs?: number
  /** Every field is read, to list undeclared ones, at most this often, in ms. 0: in every cycle. @default 600000 */
  readonly fullReadIntervalMs?: number
  /** Most calls to the service under way at once. @default 4 */
  readonly concurrency?: number
  readonly clock?: Clock
  readonly observer?: Observer
  readonly ledger?: Partial<LedgerOptions>
  /** Called right before each call that writes: the last moment to abort a signal of the cycle, which then is not made. */
  readonly beforeWrite?: () => void
}

/** A plan, and what a cycle that carries it out leaves behind. */
export interface Look extends Planned {
  /** Set while a last good configuration is in force. */
  readonly trouble?: ConfigTrouble
  readonly config: ConfigLook
  /** Names declared per kind. */
  readonly declared: Declared
  /** When the service had been read, in ms since the epoch. */
  readonly readAt: number
  /** Every field was read. */
  readonly isFull: boolean
}

export class ServiceReconciler {
  readonly #service: Service
  readonly #options: Required<Omit<ReconcilerOptions, 'ledger' | 'directory' | 'source' | 'read'>>
  readonly #watched: ConfigSource
  readonly #ledger: Ledger
  readonly #wake = new Wake()
  readonly #source: DesiredSource
  /** Digest the watch found last. */
  #hinted = ''
  #accepted: Declared | undefined
  #fullReadAt = Number.NEGATIVE_INFINITY

  constructor(
    service: Service,
    {
      directory = '/config',
      source = directorySource(directory),
      read = () => source.read(),
      ledger,
      ...options
    }: ReconcilerOptions
  ) {
    this.#service = guardService(service, (fault) => this.#options.observer.fault?.(fault))
    this.#watched = source
    this.#options = {
      owner: 'infometis',
      cycleTimeoutMs: 300_000,
      fullReadIntervalMs: 600_000,
      concurrency: 4,
      clock: systemClock,
      observer: silentObserver,
      beforeWrite: () => undefined,
      ...options
    }
    this.#ledger = new Ledger({ ...defaultLedgerOptions, ...ledger })
    const declares = { name: service.name, kinds: this.#service.resources }
    this.#source = new DesiredSource(read, declares, this.#options.observer)
  }

  /** Calls `onChange` when the files differ from those last read. A hint that shortens the wait, never the only trigger. */
  watchConfigChanges(onChange: () => void): Watch {
    const { observer } = this.#options
    return this.#watched.watch({
      onChange: (foundBy, { digest }) => {
        this.#hinted = digest
        observer.configuration({ event: 'changed', foundBy, digest })
        if (digest !== this.#source.readDigest) onChange()
      },
      onProblem: (problem) => {
        if (problem.kind === 'degraded') observer.configuration({ event: 'polling', message: problem.reason })
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
  async getActualState(desired: DesiredState, signal: AbortSignal, full = this.#isFullReadDue()): Promise<ActualState> {
    const kinds = desired.kinds.flatMap((entry) => {
      const resource = this.#service.resources.find((candidate) => candidate.kind === entry.kind.kind)
      return resource === undefined ? [] : [{ resource, items: entry.items }]
    })
    const observed = await Promise.all(
      kinds.map(({ resource, items }) =>
        this.#call(`observe ${resource.kind}`, signal, () =>
          resource.observe(items, { full, everything: false, signal })
        )
      )
    )
    const actual: ActualState = new Map(
      kinds.flatMap(({ resource }, index) => {
        const state = observed[index]
        return state === undefined ? [] : [[resource.kind, { resource, observed: state }]]
      })
    )
    await this.#checkIdentity(desired, signal)
    refuseIfAllRefused(desired, actual)
    return actual
  }

  /** Writes what the plan allows. Nothing is thrown. */
  applyChanges(
    made: Plan,
    signals: { readonly runId: string; readonly signal: AbortSignal; readonly stopping?: AbortSignal }
  ): Promise<readonly Outcome[]> {
    const { observer, clock, concurrency, beforeWrite } = this.#options
    const cycle = { runId: signals.runId, service: this.#service.name, digest: made.configDigest }
    return applyPlan(made, {
      resources: this.#service.resources,
      ledger: this.#ledger,
      clock,
      concurrency,
      beforeWrite,
      signal: signals.signal,
      stopping: signals.stopping ?? new AbortController().signal,
      onOutcome: (outcome, done, total) => observer.outcome(cycle, outcome, { done, total }),
      onCall: (call) => observer.called(call)
    })
  }

  /**
   * Plans from a new reading. Throws when there is no configuration or it could not look. Never writes, changes
   * nothing: what the next cycle does is the same with and without it.
   */
  async plan(signal: AbortSignal): Promise<Look> {
    return this.#look(await this.#source.look(), signal)
  }

  /**
   * One cycle. Never throws: what goes wrong is in the report. `stopping` lets only calls under way finish, `lost`
   * gives these up too. `from` is a look to start from instead of a new one: its plan is applied as it was shown.
   */
  async reconcile(
    stopping: AbortSignal = new AbortController().signal,
    lost: AbortSignal = new AbortController().signal,
    from?: Look
  ): Promise<CycleReport> {
    const { clock, observer, cycleTimeoutMs } = this.#options
    const runId = randomUUID()
    const startedAt = clock.now()
    const facts = () => ({ runId, service: this.#service.name, startedAt, durationMs: clock.now() - startedAt })
    const signal = AbortSignal.any([AbortSignal.timeout(cycleTimeoutMs), lost])
    let report: CycleReport
    try {
      const config = from?.config ?? (await this.#source.look())
      this.#source.accept(config)
      const look = from ?? (await this.#look(config, AbortSignal.any([signal, stopping])))
      const outcomes = await this.applyChanges(look.plan, { runId, signal, stopping })
      report = reportOf(facts(), look.plan, outcomes, look.trouble)
      if (!stopping.aborted && !lost.aborted) this.#finish(look)
    } catch (error) {
      const reason = toReconcileError(error)
      if (reason.code === 'INTERNAL') observer.fault?.(reason)
      report = blindReport(facts(), this.#source.digestInForce, { error: reason.toRecord(), problems: reason.problems })
    }
    const interrupted = (stopping.aborted || lost.aborted) && report.status === 'blind'
    if (!interrupted) observer.cycleFinished(report)
    return report
  }

  /**
   * The sidecar: cycles every `intervalMs` and on hints until `stopping` aborts, then finishes what is under way; when `lost`
   * aborts, it ends that as well. Closes the service.
   */
  async run(
    intervalMs: number,
    stopping: AbortSignal,
    lost: AbortSignal = new AbortController().signal
  ): Promise<void> {
    const ending = AbortSignal.any([stopping, lost])
    const watch = this.watchConfigChanges(() => this.#wake.request())
    try {
      const cycle = async (): Promise<CycleReport> => {
        const report = await this.reconcile(ending, lost)
        if (this.#hinted === this.#source.readDigest) this.#wake.clear()
        return report
      }
      await runLoop({ cycle, intervalMs, clock: this.#options.clock, wake: this.#wake, stopping: ending })
    } finally {
      await watch.close()
      await this.#service.close()
    }
  }

  #call<T>(operation: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { clock, observer } = this.#options
    return callService(operation, { signal, clock, onCall: (call) => observer.called(call) }, work)
  }

  #isFullReadDue(): boolean {
    return this.#options.clock.now() - this.#fullReadAt >= this.#options.fullReadIntervalMs
  }

  async #checkIdentity(desired: DesiredState, signal: AbortSignal): Promise<void> {
    const pinned = desired.policy.cluster
    if (pinned === undefined || pinned === null) return
    const found = await this.#call('identity', signal, () => this.#service.identity(signal))
    if (found !== pinned)
      throw new ReconcileError('WRONG_CLUSTER', `policy.yaml pins cluster "${pinned}", this one is "${found}"`)
  }

  async #look(config: ConfigLook, signal: AbortSignal): Promise<Look> {
    const { desired, trouble } = this.#source.inForce(config)
    const isFull = this.#isFullReadDue()
    const actual = await this.getActualState(desired, signal, isFull)
    const readAt = this.#options.clock.now()
    const { owner } = this.#options
    const planned = plan(desired, actual, { owner, ...(this.#accepted !== undefined && { previous: this.#accepted }) })
    const declared = declaredNames(desired)
    return { ...planned, ...(trouble !== undefined && { trouble }), config, declared, readAt, isFull }
  }

  /** All that a cycle leaves behind for the next one, beside the ledger. */
  #finish({ declared, tripped, readAt, isFull }: Look): void {
    if (isFull) this.#fullReadAt = readAt
    // The guard keeps comparing with the last set it let through, so that a held shrink stays held.
    const shrunk = new Set(tripped.flatMap(({ kind }) => (kind === undefined ? [] : [kind])))
    const before = this.#accepted
    this.#accepted = new Map(
      [...declared].map(([kind, now]) => [kind, (shrunk.has(kind) ? before?.get(kind) : undefined) ?? now])
    )
  }
}
