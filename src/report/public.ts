/**
 * The records of a cycle as the outside may see them: secrets masked, in the shapes of the documented contract.
 * @module
 */
import type { FieldChange } from '../contract.ts'
import type { Change, Contested, CycleReport, Outcome, Plan, Undeclared } from '../line.ts'
import type { Json, Problem } from '../records.ts'
import { isWriteVerb } from '../plan/write.ts'
import { countVerbs } from './cycle-report.ts'
import { mask, maskDeep } from '../secrets/mask.ts'

/** `{path, before, after}`. */
export function publicField({ path, before, after }: Pick<FieldChange, 'path' | 'before' | 'after'>): {
  [key: string]: Json
} {
  return { path, before: maskDeep(before, path), after: maskDeep(after, path) }
}

/** One entry of `changes`. `risk` stands on create, update and hold only. */
export function publicChange(change: Change): { [key: string]: Json } {
  return {
    key: change.key,
    verb: change.verb,
    ...('risk' in change ? { risk: change.risk } : {}),
    ...('why' in change ? { reason: change.reason, why: mask(change.why) } : {}),
    ...('id' in change && change.id !== undefined ? { id: change.id } : {}),
    ...('fields' in change ? { fields: change.fields.map(publicField) } : {})
  }
}

/** `{severity, file, line, column, path, code, message}`. */
export function publicProblem({ severity, file, line, column, path, code, message }: Problem): { [key: string]: Json } {
  return { severity, file, line, column, path, code, message: mask(message) }
}

/** One entry of `outcomes`. */
export function publicOutcome({ key, verb, result, reason, why, error, contested, durationMs }: Outcome): {
  [key: string]: Json
} {
  return {
    key,
    verb,
    result,
    ...(reason === null ? {} : { reason }),
    ...(why === null ? {} : { why: mask(why) }),
    ...(error === null ? {} : { error: { code: error.code, message: mask(error.message) } }),
    ...(contested === null ? {} : { contested: publicContested(contested) }),
    durationMs
  }
}

function publicContested({ times, fields }: Contested): { [key: string]: Json } {
  const shown = fields.map(({ path, ours, theirs }) => ({
    path,
    ours: maskDeep(ours, path),
    theirs: maskDeep(theirs, path)
  }))
  return { times, fields: shown }
}

function publicUndeclared({ key, path, value }: Undeclared): { [key: string]: Json } {
  return { key, path, value: maskDeep(value, path) }
}

/** Whether something differs that somebody wants changed; orphans and paused items are no drift. Pure. */
export function isDrift(change: Change): boolean {
  if (change.verb === 'hold') return change.reason !== 'paused'
  return isWriteVerb(change.verb) || change.verb === 'invalid'
}

/** The document of `diff`. `keep` entries are left out unless `all`. */
export function planDocument(plan: Plan, all: boolean): { [key: string]: Json } {
  return {
    service: plan.service,
    configDigest: plan.configDigest,
    status: plan.changes.some(isDrift) ? 'drift' : 'in-sync',
    counts: { ...countVerbs(plan.changes) },
    changes: plan.changes.filter((change) => all || change.verb !== 'keep').map(publicChange),
    undeclared: plan.undeclared.map(publicUndeclared),
    warnings: plan.warnings.map(publicProblem)
  }
}

/** A cycle report in full. */
export function reportDocument(report: CycleReport): { [key: string]: Json } {
  const { runId, service, target, scope, status, configDigest, startedAt, durationMs, counts } = report
  return {
    runId,
    service,
    target,
    scope: scope === 'all' ? scope : [...scope],
    status,
    configDigest,
    startedAt: new Date(startedAt).toISOString(),
    durationMs,
    counts: { ...counts },
    outcomes: report.outcomes.map(publicOutcome),
    undeclared: report.undeclared.map(publicUndeclared),
    warnings: report.warnings.map(publicProblem),
    error: report.error === null ? null : { ...report.error },
    problems: report.problems.map(publicProblem)
  }
}
