/**
 * What happens, as numbers for Prometheus. No label per item: a thousand items cost as many series as one.
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { CycleReport, Outcome } from '../contract.ts'
import type { Clock } from '../run/clock.ts'
import { isConsistent } from './cycle-report.ts'
import { ItemHistory, wasTried } from './item-history.ts'
import type { ConfigurationEvent, Observer } from './observer.ts'

/** What the series are made for before anything has happened. */
export interface MetricsOptions {
  readonly service: string
  readonly kinds: readonly string[]
  readonly clock: Clock
}

export interface Metrics {
  readonly observer: Observer
  /** As Prometheus names it. */
  readonly contentType: string
  /** All series in the text format. */
  text(): Promise<string>
}

const cycleResults = ['in-sync', 'changed', 'drift', 'degraded', 'blind'] as const satisfies readonly CycleReport['status'][]

/** The worst one first: an item of which one part is held and another failed is a failed one. */
const itemStates = ['dead', 'failed', 'invalid', 'held', 'waiting', 'planned', 'changed', 'in-sync'] as const
type ItemState = (typeof itemStates)[number]

const writeVerbs = ['create', 'update'] as const
const writeResults = ['done', 'unchanged', 'failed'] as const satisfies readonly Outcome['result'][]

/** Seconds from a blink to the longest cycle. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Every series exists from the start, so that an alert can tell "never" from "not known". */
export function openMetrics({ service, kinds, clock }: MetricsOptions): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const series = makeSeries(registry)
  initialize(series, kinds)
  return {
    observer: metricsObserver(series, kinds, clock),
    contentType: registry.contentType,
    text: () => registry.metrics()
  }
}

type Series = ReturnType<typeof makeSeries>

function makeSeries(registry: Registry) {
  const registers = [registry]
  return {
    cycles: new Counter({ name: 'infometis_reconcile_total', help: 'Cycles by what they ended with.', labelNames: ['result'], registers }),
    cycleSeconds: new Histogram({ name: 'infometis_reconcile_duration_seconds', help: 'Duration of a cycle.', buckets: durationBuckets, registers }),
    lastSuccess: new Gauge({ name: 'infometis_reconcile_last_success_timestamp_seconds', help: 'When a cycle last looked and nothing failed; 0 for never.', registers }),
    items: new Gauge({ name: 'infometis_items', help: 'Declared items by state, as last seen.', labelNames: ['kind', 'state'], registers }),
    orphans: new Gauge({ name: 'infometis_orphans', help: 'Items that nobody declared, as last seen.', labelNames: ['kind'], registers }),
    changes: new Counter({ name: 'infometis_changes_total', help: 'Writes by their result.', labelNames: ['kind', 'verb', 'result'], registers }),
    drift: new Counter({ name: 'infometis_drift_detected_total', help: 'Items that were in sync and differ, though nothing else was declared.', labelNames: ['kind'], registers }),
    retries: new Counter({ name: 'infometis_retries_total', help: 'Writes that were tried again after they had failed.', registers }),
    dead: new Gauge({ name: 'infometis_dead_letters', help: 'Items that are not tried any more.', registers }),
    consistency: new Histogram({
      name: 'infometis_time_to_consistency_seconds',
      help: 'From a change of the configuration to the cycle that had done all of it.',
      buckets: durationBuckets,
      registers
    }),
    configInfo: new Gauge({ name: 'infometis_config_info', help: 'The configuration in force.', labelNames: ['digest'], registers }),
    configValid: new Gauge({ name: 'infometis_config_valid', help: 'Whether the newest configuration is in force.', registers }),
    configLoaded: new Gauge({ name: 'infometis_config_loaded_timestamp_seconds', help: 'When the configuration in force was loaded; 0 for never.', registers }),
    configChanges: new Counter({ name: 'infometis_config_changes_total', help: 'Changes of the mounted files by how they were found.', labelNames: ['found_by'], registers }),
    leader: new Gauge({ name: 'infometis_leader', help: 'Whether this replica reconciles; 0 where none is elected, too.', registers }),
    calls: new Histogram({
      name: 'infometis_external_request_duration_seconds',
      help: 'Calls to the service, each of one or several requests.',
      labelNames: ['operation', 'code'],
      buckets: durationBuckets,
      registers
    })
  }
}

function initialize(series: Series, kinds: readonly string[]): void {
  for (const result of cycleResults) series.cycles.inc({ result }, 0)
  for (const found_by of ['event', 'poll']) series.configChanges.inc({ found_by }, 0)
  for (const kind of kinds) {
    series.orphans.set({ kind }, 0)
    series.drift.inc({ kind }, 0)
    for (const state of itemStates) series.items.set({ kind, state }, 0)
    for (const verb of writeVerbs) for (const result of writeResults) series.changes.inc({ kind, verb, result }, 0)
    for (const verb of ['observe', ...writeVerbs]) series.calls.zero({ operation: `${verb} ${kind}`, code: 'OK' })
  }
}

function metricsObserver(series: Series, kinds: readonly string[], clock: Clock): Observer {
  const history = new ItemHistory()
  let changedAt: number | undefined
  return {
    configuration: (event) => {
      if (event.event === 'changed') changedAt = clock.now()
      countConfiguration(series, event, clock)
    },
    outcome: (_cycle, outcome) => {
      const { kind, verb, result } = outcome
      if (wasTried(outcome)) series.changes.inc({ kind, verb, result })
    },
    leadership: ({ event }) => {
      if (event === 'leading') series.leader.set(1)
      if (event === 'lost' || event === 'following') series.leader.set(0)
    },
    called: ({ operation, code, durationMs }) => series.calls.observe({ operation, code }, durationMs / 1_000),
    cycleFinished: (report) => {
      series.cycles.inc({ result: report.status })
      series.cycleSeconds.observe(report.durationMs / 1_000)
      if (report.status === 'blind') return
      const endedAt = report.startedAt + report.durationMs
      if (report.status !== 'degraded') series.lastSuccess.set(endedAt / 1_000)
      countItems(series, kinds, report.outcomes)
      const { drifted, retried } = history.cycle(report)
      for (const kind of drifted) series.drift.inc({ kind })
      series.retries.inc(retried)
      if (changedAt !== undefined && changedAt <= report.startedAt && isConsistent(report)) {
        series.consistency.observe((endedAt - changedAt) / 1_000)
        changedAt = undefined
      }
    }
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
  const states = new Map<string, { readonly kind: string; readonly state: ItemState }>()
  for (const outcome of outcomes) {
    const state = stateOf(outcome)
    if (state === undefined) continue
    const known = states.get(outcome.key)
    if (known === undefined || itemStates.indexOf(state) < itemStates.indexOf(known.state)) states.set(outcome.key, { kind: outcome.kind, state })
  }
  for (const kind of kinds) {
    const ofKind = [...states.values()].filter((item) => item.kind === kind)
    for (const state of itemStates) series.items.set({ kind, state }, ofKind.filter((item) => item.state === state).length)
    series.orphans.set({ kind }, outcomes.filter((outcome) => outcome.kind === kind && outcome.verb === 'orphan').length)
  }
  series.dead.set(outcomes.filter(({ result }) => result === 'dead').length)
}

/** Undefined for what nobody declared. */
function stateOf({ verb, result }: Outcome): ItemState | undefined {
  if (verb === 'orphan' || result === 'reported') return undefined
  if (verb === 'keep') return 'in-sync'
  return result === 'done' || result === 'unchanged' ? 'changed' : result
}
