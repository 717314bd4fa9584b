/**
 * Outcomes → report. Pure; the worst status wins.
 * @module
 */
import type { Change, Counts, CycleReport, Known, Outcome, Plan, Status } from '../line.ts'
import type { ErrorRecord, Problem, Target } from '../records.ts'
import { isWriteVerb } from '../plan/write.ts'

/** What is known of a cycle whatever became of it. */
export interface CycleFacts {
  readonly runId: string
  readonly service: string
  readonly target: Target
  readonly startedAt: number
  readonly durationMs: number
}

/** The configuration is not what its author wants it to be: why, and what to correct. */
export interface ConfigTrouble {
  readonly error: ErrorRecord
  readonly problems: readonly Problem[]
}

/** A report before it is known what the passes before have seen. */
export type PassReport = Omit<CycleReport, 'known'>

/** The report of a pass that looked. `trouble` is set while a last good configuration is in force. Pure. */
export function reportOf(
  facts: CycleFacts,
  plan: Plan,
  outcomes: readonly Outcome[],
  trouble?: ConfigTrouble
): PassReport {
  return {
    ...facts,
    scope: plan.scope,
    status: trouble === undefined ? statusOf(outcomes) : 'degraded',
    configDigest: plan.configDigest,
    counts: countVerbs(plan.changes),
    outcomes,
    undeclared: plan.undeclared,
    warnings: plan.warnings,
    error: trouble?.error ?? null,
    problems: trouble?.problems ?? []
  }
}

/** The report of a pass that could not look, or had nothing to compare with. Pure. */
export function blindReport(facts: CycleFacts, configDigest: string, trouble: ConfigTrouble): PassReport {
  return {
    ...facts,
    scope: 'all',
    status: 'blind',
    configDigest,
    counts: countVerbs([]),
    outcomes: [],
    undeclared: [],
    warnings: [],
    ...trouble
  }
}

/** How many changes there are of each verb. */
export function countVerbs(changes: readonly Pick<Change, 'verb'>[]): Counts {
  const counts = { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 }
  for (const change of changes) counts[change.verb] += 1
  return counts
}

/** The worst of the outcomes. Pure. */
export function statusOf(outcomes: readonly Outcome[]): Status {
  if (outcomes.some(isTrouble)) return 'degraded'
  if (outcomes.some(isDriftOutcome)) return 'drift'
  return outcomes.some(isWriteOutcome) ? 'changed' : 'in-sync'
}

/** `2 to create, 1 orphan, 7 in sync`; empty for nothing at all. Pure. */
export function describeCounts(counts: Counts): string {
  const words = [
    [counts.create, 'to create'],
    [counts.update, 'to update'],
    [counts.hold, 'held'],
    [counts.invalid, 'invalid'],
    [counts.orphan, counts.orphan === 1 ? 'orphan' : 'orphans'],
    [counts.keep, 'in sync']
  ] as const
  return words.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`])).join(', ')
}

function isTrouble({ result, error }: Outcome): boolean {
  return error !== null || result === 'failed' || result === 'invalid'
}

/** Whether everything declared was seen or acknowledged. Pure. */
export function isConsistent({ status, outcomes }: Pick<Known, 'status' | 'outcomes'>): boolean {
  return (status === 'in-sync' || status === 'changed') && !outcomes.some(({ result }) => result === 'waiting')
}

function isDriftOutcome({ result, reason }: Outcome): boolean {
  return result === 'planned' || (result === 'held' && reason !== 'paused')
}

/** Whether it is about something that was to be written. Pure. */
export function isWriteOutcome({ verb }: Outcome): boolean {
  return isWriteVerb(verb)
}
