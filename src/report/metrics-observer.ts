/**
 * Tells the series what happens.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import type { Clock } from '../time/clock.ts'
import type { ServiceCall } from '../apply/service-call.ts'
import { isConsistent } from './cycle-report.ts'
import { ItemHistory, wasTried } from './item-history.ts'
import { itemStates, type ItemState, type Series } from './metric-series.ts'
import { queueClasses } from '../queue/work-queue.ts'
import type { ConfigurationEvent, CycleIdentity, LeadershipEvent, LoopState, Observer } from './observer.ts'

const breakerValues: Readonly<Record<LoopState['breaker'], number>> = { closed: 0, 'half-open': 1, open: 2 }

export class MetricsObserver implements Observer {
  readonly #series: Series
  readonly #kinds: readonly string[]
  readonly #clock: Clock
  #history = new ItemHistory()
  #changedAt: number | undefined
  /** False for a replica that stands by. */
  #reconciles = true

  constructor(series: Series, kinds: readonly string[], clock: Clock) {
    this.#series = series
    this.#kinds = kinds
    this.#clock = clock
  }

  configuration(event: ConfigurationEvent): void {
    if (event.event === 'changed') this.#changedAt = this.#clock.now()
    if (this.#reconciles) countConfiguration(this.#series, event, this.#clock)
  }

  outcome(_cycle: CycleIdentity, outcome: Outcome): void {
    const { kind, verb, result, reason, error } = outcome
    if (wasTried(outcome)) this.#series.changes.inc({ kind, verb, result })
    if (reason === 'tried' && error !== null) this.#series.attempts.inc({ kind, code: error.code })
  }

  called({ operation, code, durationMs }: ServiceCall): void {
    this.#series.calls.observe({ operation, code }, durationMs / 1_000)
  }

  begun(_kind: string, waitedMs: number): void {
    this.#series.writeWait.observe(waitedMs / 1_000)
  }

  state({ pending, oldestMs, breaker }: LoopState): void {
    for (const name of queueClasses) this.#series.pending.set({ class: name }, pending[name])
    this.#series.pendingOldest.set(oldestMs / 1_000)
    this.#series.breaker.set(breakerValues[breaker])
  }

  leadership({ event }: LeadershipEvent): void {
    if (event === 'lost' || event === 'following') this.#standBy()
    if (event !== 'leading') return
    this.#reconciles = true
    this.#series.leader.set(1)
    this.#series.configValid.set(0)
  }

  cycleFinished(report: CycleReport): void {
    const { cycles, cycleSeconds, leader } = this.#series
    cycles.inc({ result: report.status })
    cycleSeconds.observe(report.durationMs / 1_000)
    // The last cycle of a leader may end after it lost the lease: what it saw is another one's to tell.
    if (!this.#reconciles) return
    leader.set(1)
    if (report.status !== 'blind') this.#looked(report)
  }

  #looked(report: CycleReport): void {
    const { lastSuccess, drift, retries, consistency } = this.#series
    const endedAt = report.startedAt + report.durationMs
    if (report.known.status !== 'degraded') lastSuccess.set(endedAt / 1_000)
    countItems(this.#series, this.#kinds, report.known.outcomes)
    const { drifted, retried } = this.#history.cycle(report)
    for (const kind of drifted) drift.inc({ kind })
    retries.inc(retried)
    if (this.#changedAt === undefined || this.#changedAt > report.startedAt || !isConsistent(report.known)) return
    consistency.observe((endedAt - this.#changedAt) / 1_000)
    this.#changedAt = undefined
  }

  /** A replica that does not reconcile says nothing that could be taken for what the service holds by now. */
  #standBy(): void {
    this.#reconciles = false
    this.#history = new ItemHistory()
    this.#changedAt = undefined
    this.#series.leader.set(0)
    this.state({ pending: { fresh: 0, drift: 0, retry: 0 }, oldestMs: 0, breaker: 'closed' })
    countItems(this.#series, this.#kinds, [])
    this.#series.configInfo.reset()
    this.#series.configValid.remove()
  }
}

function countConfiguration(series: Series, event: ConfigurationEvent, clock: Clock): void {
  switch (event.event) {
    case 'changed':
      if (event.foundBy !== 'start') series.configChanges.inc({ found_by: event.foundBy })
      return
    case 'accepted':
      series.configInfo.reset()
      series.configInfo.set({ digest: event.digest }, 1)
      series.configValid.set(1)
      series.configLoaded.set(clock.now() / 1_000)
      return
    case 'refused':
    case 'unreadable':
      series.configValid.set(0)
      return
    case 'polling':
  }
}

function countItems(series: Series, kinds: readonly string[], outcomes: readonly Outcome[]): void {
  // Of ten thousand items nearly all are in sync: they are counted, and only the others are told apart.
  const others = outcomes.filter(({ verb }) => verb !== 'keep')
  const states = new Map<string, { readonly kind: string; readonly state: ItemState }>()
  for (const outcome of others) {
    const state = itemStateOf(outcome)
    if (state === undefined) continue
    const known = states.get(outcome.key)
    if (known === undefined || itemStates.indexOf(state) < itemStates.indexOf(known.state)) {
      states.set(outcome.key, { kind: outcome.kind, state })
    }
  }
  for (const kind of kinds) {
    const ofKind = [...states.values()].filter((item) => item.kind === kind)
    for (const state of itemStates) {
      const kept = state === 'in-sync' ? keptOf(outcomes, kind, states) : 0
      series.items.set({ kind, state }, kept + ofKind.filter((item) => item.state === state).length)
    }
    series.orphans.set({ kind }, others.filter((outcome) => outcome.kind === kind && outcome.verb === 'orphan').length)
    series.deadLetters.set({ kind }, ofKind.filter(({ state }) => state === 'dead').length)
    series.contested.set({ kind }, contestedItems(others, kind))
  }
}

/** Items of a kind that are in sync, and of which nothing else is known. */
function keptOf(outcomes: readonly Outcome[], of: string, others: ReadonlyMap<string, unknown>): number {
  let kept = 0
  for (const { key, kind, verb } of outcomes) if (verb === 'keep' && kind === of && !others.has(key)) kept += 1
  return kept
}

function contestedItems(outcomes: readonly Outcome[], kind: string): number {
  const items = outcomes.filter((outcome) => outcome.kind === kind && outcome.contested !== null)
  return new Set(items.map(({ key }) => key)).size
}

/** Undefined for what nobody declared. What a fault of the plugin holds is a failure and no decision. */
function itemStateOf({ verb, result, reason, error }: Outcome): ItemState | undefined {
  if (reason === 'dead') return 'dead'
  if (verb === 'orphan' || result === 'reported') return undefined
  if (result === 'held' && error !== null) return 'failed'
  if (verb === 'keep') return 'in-sync'
  return result === 'done' || result === 'unchanged' ? 'changed' : result
}
