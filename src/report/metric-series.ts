/**
 * The series, and which of them are there before anything has happened.
 * @module
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { CycleReport, Outcome } from '../contract.ts'

const cycleResults = ['in-sync', 'changed', 'drift', 'degraded', 'blind'] as const satisfies readonly CycleReport['status'][]

/** The worst one first: an item of which one part is held and another failed is a failed one. */
export const itemStates = ['failed', 'invalid', 'held', 'waiting', 'planned', 'changed', 'in-sync'] as const
export type ItemState = (typeof itemStates)[number]

const writeVerbs = ['create', 'update'] as const
const writeResults = ['done', 'unchanged', 'failed'] as const satisfies readonly Outcome['result'][]

/** Seconds from a blink to the longest cycle. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export type Series = ReturnType<typeof makeSeries>

/** All series, in `registry`. */
export function makeSeries(registry: Registry) {
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
    consistency: new Histogram({
      name: 'infometis_time_to_consistency_seconds',
      help: 'From a change of the configuration to the cycle that had done all of it.',
      buckets: durationBuckets,
      registers
    }),
    configInfo: new Gauge({ name: 'infometis_config_info', help: 'The configuration in force.', labelNames: ['digest'], registers }),
    configValid: new Gauge({ name: 'infometis_config_valid', help: 'Whether the newest configuration is in force; not there for a replica that does not reconcile.', registers }),
    configLoaded: new Gauge({ name: 'infometis_config_loaded_timestamp_seconds', help: 'When the configuration in force was loaded; 0 for never.', registers }),
    configChanges: new Counter({ name: 'infometis_config_changes_total', help: 'Changes of the mounted files by how they were found.', labelNames: ['found_by'], registers }),
    leader: new Gauge({ name: 'infometis_leader', help: 'Whether this replica reconciles: 1 for the leader, and where none is elected.', registers }),
    calls: new Histogram({
      name: 'infometis_external_request_duration_seconds',
      help: 'Calls to the service, each of one or several requests.',
      labelNames: ['operation', 'code'],
      buckets: durationBuckets,
      registers
    })
  }
}

/** Puts every series there is at zero, so that an alert can tell "never" from "not known". */
export function initialize(series: Series, kinds: readonly string[]): void {
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
