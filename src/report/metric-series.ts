/**
 * The series, and which of them are there before anything has happened.
 * @module
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { CycleReport, Outcome } from '../line.ts'
import { writeVerbs } from '../plan/write.ts'
import { queueClasses } from '../queue/work-queue.ts'

type Status = CycleReport['status']

const cycleResults = ['in-sync', 'changed', 'drift', 'degraded', 'blind'] as const satisfies readonly Status[]

/** The worst one first: an item of which one part is held and another failed is a failed one. */
export const itemStates = ['dead', 'failed', 'invalid', 'held', 'waiting', 'planned', 'changed', 'in-sync'] as const
export type ItemState = (typeof itemStates)[number]

const writeResults = ['done', 'unchanged', 'failed'] as const satisfies readonly Outcome['result'][]

/** Seconds from a blink to the longest cycle. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export type Series = ReturnType<typeof makeSeries>

/** Makes series in `registry`; the label names come last. */
function makers(registry: Registry) {
  const make = (name: string, help: string, labelNames: readonly string[]) => {
    return { name: `infometis_${name}`, help, labelNames, registers: [registry] }
  }
  const counter = (name: string, help: string, ...labels: readonly string[]) => new Counter(make(name, help, labels))
  const gauge = (name: string, help: string, ...labels: readonly string[]) => new Gauge(make(name, help, labels))
  const seconds = (name: string, help: string, ...labels: readonly string[]) => {
    return new Histogram({ ...make(`${name}_seconds`, help, labels), buckets: durationBuckets })
  }
  return { counter, gauge, seconds }
}

type Makers = ReturnType<typeof makers>

/** All series, in `registry`. */
export function makeSeries(registry: Registry) {
  const made = makers(registry)
  return { ...makeCycleSeries(made), ...makeQueueSeries(made) }
}

/** Of the work queue, and of items that are not simply tried again. */
function makeQueueSeries({ counter, gauge, seconds }: Makers) {
  return {
    deadLetters: gauge(
      'dead_letters',
      'Items that are not written any more, until their declaration or their value at the service changes.',
      'kind'
    ),
    contested: gauge('contested', 'Items that somebody else keeps writing as well.', 'kind'),
    attempts: counter('attempts_total', 'Failed attempts to write an item, by the code of the error.', 'kind', 'code'),
    pending: gauge('pending', 'Keys that wait to be looked at, by class.', 'class'),
    pendingOldest: gauge('pending_oldest_seconds', 'How long the key has waited that is due and waits longest.'),
    writeWait: seconds('write_wait', 'From the moment a write was known to be needed to the moment it began.'),
    breaker: gauge('breaker_state', 'Whether the service is asked: 0 closed, 1 half-open, 2 open.')
  }
}

/** Of cycles, items and the configuration. */
function makeCycleSeries({ counter, gauge, seconds }: Makers) {
  return {
    cycles: counter('reconcile_total', 'Cycles by what they ended with.', 'result'),
    cycleSeconds: seconds('reconcile_duration', 'Duration of a cycle.'),
    lastSuccess: gauge(
      'reconcile_last_success_timestamp_seconds',
      'When a cycle last looked and nothing failed; 0 for never.'
    ),
    items: gauge('items', 'Declared items by state, as last seen.', 'kind', 'state'),
    orphans: gauge('orphans', 'Items that nobody declared, as last seen.', 'kind'),
    changes: counter('changes_total', 'Writes by their result.', 'kind', 'verb', 'result'),
    drift: counter(
      'drift_detected_total',
      'Items that were in sync and differ, though nothing else was declared.',
      'kind'
    ),
    retries: counter('retries_total', 'Writes that were tried again after they had failed.'),
    consistency: seconds(
      'time_to_consistency',
      'From a change of the configuration to the cycle that had done all of it.'
    ),
    configInfo: gauge('config_info', 'The configuration in force.', 'digest'),
    configValid: gauge(
      'config_valid',
      'Whether the newest configuration is in force; not there for a replica that does not reconcile.'
    ),
    configLoaded: gauge('config_loaded_timestamp_seconds', 'When the configuration in force was loaded; 0 for never.'),
    configChanges: counter('config_changes_total', 'Changes of the mounted files by how they were found.', 'found_by'),
    leader: gauge('leader', 'Whether this replica reconciles: 1 for the leader, and where none is elected.'),
    calls: seconds(
      'external_request_duration',
      'Calls to the service, each of one or several requests.',
      'operation',
      'code'
    )
  }
}

/** Puts every series there is at zero, so that an alert can tell "never" from "not known". */
export function initialize(series: Series, kinds: readonly string[]): void {
  for (const result of cycleResults) series.cycles.inc({ result }, 0)
  for (const found_by of ['event', 'poll']) series.configChanges.inc({ found_by }, 0)
  for (const name of queueClasses) series.pending.set({ class: name }, 0)
  for (const kind of kinds) {
    series.deadLetters.set({ kind }, 0)
    series.contested.set({ kind }, 0)
    series.orphans.set({ kind }, 0)
    series.drift.inc({ kind }, 0)
    for (const state of itemStates) series.items.set({ kind, state }, 0)
    for (const verb of writeVerbs) for (const result of writeResults) series.changes.inc({ kind, verb, result }, 0)
    for (const verb of ['observe', ...writeVerbs]) series.calls.zero({ operation: `${verb} ${kind}`, code: 'OK' })
  }
}
