/**
 * One pass over a service: observe → plan → apply → report. The loop of a sidecar and the verbs that end make their
 * passes here.
 * @module
 */
import { applyPlan } from '../apply/apply-plan.ts'
import type { ApplyLimits, ApplyState } from '../apply/apply-options.ts'
import { callService } from '../apply/service-call.ts'
import type { Service } from '../contract.ts'
import type { CycleReport, Outcome, Plan } from '../line.ts'
import { ReconcileError, toReconcileError } from '../errors.ts'
import type { DesiredState } from '../parse/desired.ts'
import type { DesiredKind } from '../parse/items.ts'
import { declaredByKind } from '../plan/check.ts'
import type { Declared } from '../plan/guard.ts'
import { declaredNames, plan, type ActualState, type Planned } from '../plan/plan.ts'
import { refuseIfAllRefused } from '../plan/sight.ts'
import type { Urgency } from '../queue/order.ts'
import type { Scope, Target } from '../records.ts'
import type { Board } from '../report/board.ts'
import { blindReport, reportOf, type ConfigTrouble } from '../report/cycle-report.ts'
import type { Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { openCycle } from './cycle.ts'
import type { ConfigLook, DesiredReading } from './desired-source.ts'

/** A plan, and what a pass that carries it out leaves behind. */
export interface Look extends Planned {
  /** Set while a last good configuration is in force. */
  readonly trouble?: ConfigTrouble
  readonly config: ConfigLook
  /** Names declared per kind; of a pass over everything only. */
  readonly declared?: Declared
  /** What was observed of the service beside its items, by kind. */
  readonly facts: ReadonlyMap<string, unknown>
  /** When the service had been read, in ms since the epoch. */
  readonly readAt: number
  /** Every field was read. */
  readonly isFull: boolean
}

export interface PassOptions extends ApplyState {
  readonly service: Service
  readonly target: Target
  /** Written into markers; an object of another owner is held. */
  readonly owner: string
  readonly clock: Clock
  readonly observer: Observer
  readonly board: Board
  /** The deadline of a call that may outlive its pass, in ms. */
  readonly callTimeoutMs: number
  /** Every field is read at most this often, in ms. */
  readonly fullReadIntervalMs: number
  readonly beforeWrite: () => void
  /** Runs a call unless the service is known to be down. */
  readonly guarded: <T>(work: () => Promise<T>) => Promise<T>
  /** Whether a probe has to show first that the service answers. */
  readonly mustProbe: () => boolean
  /** Told of what became of an item after its pass, when everybody else was told. */
  readonly onLateOutcome: (outcome: Outcome) => void
}

/** What is observed. */
export interface Reading {
  readonly runId: string
  readonly scope: Scope
  /** The deadline. */
  readonly signal: AbortSignal
}

/** How a plan is carried out. */
export interface Carrying {
  readonly runId: string
  readonly facts: ReadonlyMap<string, unknown>
  readonly urgency: Urgency
  readonly limits: ApplyLimits
  /** Aborts calls in flight. */
  readonly lost: AbortSignal
}

/** What a pass did, with the times of its report. */
export interface PassRequest extends Omit<Carrying, 'facts'> {
  readonly scope: Scope
  readonly startedAt: number
  readonly config: ConfigLook
  /** Gives what is to be worked with; throws where there is nothing. */
  readonly inForce: () => DesiredReading
  /** The digest in force, for a pass that sees nothing. */
  readonly digestInForce: () => string
  /** Applied as it was shown, instead of a new one. */
  readonly from?: Look | undefined
}

export class Passes {
  readonly #options: PassOptions
  #accepted: Declared | undefined
  #fullReadAt = Number.NEGATIVE_INFINITY

  constructor(options: PassOptions) {
    this.#options = options
  }

  /** Never throws: what goes wrong is in the report. The observer is told, unless the pass was cut while it read. */
  async make(request: PassRequest): Promise<CycleReport> {
    const { clock, observer, board, service, target } = this.#options
    const { runId, startedAt, scope, limits, lost, from } = request
    const facts = () => ({ runId, service: service.name, target, startedAt, durationMs: clock.now() - startedAt })
    const isStopped = (): boolean => limits.stopping.aborted || lost.aborted
    const reading = AbortSignal.any([limits.deadline, limits.stopping, lost])
    let report: CycleReport
    try {
      const look = from ?? (await this.look(request.config, request.inForce(), { runId, scope, signal: reading }))
      const outcomes = await this.apply(look.plan, { ...request, facts: look.facts })
      report = board.pass(reportOf(facts(), look.plan, outcomes, look.trouble))
      if (!isStopped()) this.#finish(look)
    } catch (error) {
      const reason = toReconcileError(error)
      if (reason.code === 'INTERNAL') observer.fault?.(reason)
      const trouble = { error: reason.toRecord(), problems: reason.problems }
      report = board.pass(blindReport(facts(), request.digestInForce(), trouble))
    }
    if (!(isStopped() && report.status === 'blind')) observer.cycleFinished(report)
    return report
  }

  /** Reads the service and plans. Throws when it could not look. Never writes, changes nothing. */
  async look(config: ConfigLook, { desired, trouble }: DesiredReading, reading: Reading): Promise<Look> {
    const { owner, clock } = this.#options
    const { scope } = reading
    const isFull = scope === 'all' && clock.now() - this.#fullReadAt >= this.#options.fullReadIntervalMs
    const actual = await this.observe(desired, reading, isFull)
    const previous = this.#accepted === undefined ? {} : { previous: this.#accepted }
    return {
      ...plan(desired, actual, { owner, scope, ...previous }),
      ...(trouble !== undefined && { trouble }),
      ...(scope === 'all' && { declared: declaredNames(desired) }),
      config,
      facts: new Map([...actual].map(([kind, { observed }]) => [kind, observed.facts])),
      readAt: clock.now(),
      isFull
    }
  }

  /** Reads the managed kinds, or what a scope names of them. Throws when it could not look. Never writes. */
  async observe(desired: DesiredState, { runId, scope, signal }: Reading, full: boolean): Promise<ActualState> {
    const { service, target, clock } = this.#options
    const declared = declaredByKind(desired.kinds)
    const whole = openCycle({ id: runId, target, scope: 'all', full, everything: false, signal, clock, declared })
    const kinds = desired.kinds.flatMap((kind) => {
      const resource = service.resources.find((candidate) => candidate.kind === kind.kind.kind)
      return resource === undefined || !isLookedAt(kind, scope) ? [] : [{ resource, kind }]
    })
    if (this.#options.mustProbe()) await this.#call('identity', signal, () => service.identity(whole))
    const observed = await Promise.all(
      kinds.map(async ({ resource, kind }) => {
        const isScoped = scope !== 'all' && resource.scoped === true
        const items = isScoped ? kind.items.filter(({ key }) => scope.has(key)) : kind.items
        const cycle = isScoped ? { ...whole, scope } : whole
        const seen = await this.#call(`observe ${resource.kind}`, signal, () => resource.observe(items, cycle))
        return [resource.kind, { resource, observed: seen }] as const
      })
    )
    const pinned = desired.policy.cluster ?? undefined
    if (pinned !== undefined) await this.#checkIdentity(pinned, () => service.identity(whole), signal)
    const actual: ActualState = new Map(observed)
    refuseIfAllRefused(desired, actual, scope)
    return actual
  }

  /** Writes what the plan allows. Nothing is thrown. */
  apply(made: Plan, { runId, facts, urgency, limits, lost }: Carrying): Promise<readonly Outcome[]> {
    const { service, target, clock, observer, board, callTimeoutMs, onLateOutcome } = this.#options
    const { ledger, inFlight, pace, beforeWrite, guarded } = this.#options
    const cycle = { runId, service: service.name, target, digest: made.configDigest }
    const callSignal = () => {
      const timeout = clock.timeout(callTimeoutMs)
      const ends = limits.mayLeaveCalls ? [timeout.signal, lost] : [timeout.signal, lost, limits.deadline]
      return { signal: AbortSignal.any(ends), ended: () => timeout.clear() }
    }
    return applyPlan(made, {
      ...limits,
      runId,
      target,
      facts,
      urgency,
      ledger,
      inFlight,
      pace,
      clock,
      beforeWrite,
      guarded,
      callSignal,
      resources: service.resources,
      onBegin: (kind, waitedMs) => observer.begun?.(kind, waitedMs),
      onOutcome: (outcome, done, total) => observer.outcome(cycle, outcome, { done, total }),
      onLateOutcome: (outcome) => {
        board.late(outcome)
        observer.outcome(cycle, outcome, { done: 1, total: 1 })
        onLateOutcome(outcome)
      },
      onCall: (call) => observer.called(call)
    })
  }

  async #checkIdentity(pinned: string, ask: () => Promise<string>, signal: AbortSignal): Promise<void> {
    const found = await this.#call('identity', signal, ask)
    if (found === pinned) return
    throw new ReconcileError('WRONG_CLUSTER', `policy.yaml pins cluster "${pinned}", this one is "${found}"`)
  }

  #call<T>(operation: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { clock, observer, guarded } = this.#options
    const onCall = observer.called.bind(observer)
    return guarded(() => callService(operation, { signal, clock, onCall }, work))
  }

  /** All that a pass over everything leaves behind for the next one, beside the ledger. */
  #finish({ declared, tripped, readAt, isFull }: Look): void {
    if (isFull) this.#fullReadAt = readAt
    if (declared === undefined) return
    // The guard keeps comparing with the last set it let through, so that a held shrink stays held.
    const shrunk = new Set(tripped.flatMap(({ kind }) => (kind === undefined ? [] : [kind])))
    const before = this.#accepted
    this.#accepted = new Map(
      [...declared].map(([kind, now]) => [kind, (shrunk.has(kind) ? before?.get(kind) : undefined) ?? now])
    )
  }
}

/** Whether a pass over `scope` has to look at a kind. */
function isLookedAt({ items, invalid }: DesiredKind, scope: Scope): boolean {
  return scope === 'all' || items.some(({ key }) => scope.has(key)) || invalid.some(({ key }) => scope.has(key))
}
