/**
 * Reports as cycles give them, for tests of what happens between cycles.
 * @module
 */
import type { CycleReport, Outcome } from '../../src/line.ts'
import { keyOf } from '../../src/records.ts'
import { ReconcileError, type ErrorCode } from '../../src/errors.ts'

/** An outcome of an update, unless told otherwise. */
export function outcome(result: Outcome['result'], more: Partial<Outcome> = {}): Outcome {
  return {
    key: keyOf('shop', 'box', 'a'),
    kind: 'box',
    verb: 'update',
    result,
    reason: result === 'failed' ? 'tried' : null,
    why: null,
    error: null,
    fields: [],
    durationMs: 0,
    nextTryAt: null,
    attempts: 0,
    contested: null,
    ...more
  }
}

/** What makes an outcome a failed one. */
export function failure(code: ErrorCode): Pick<Outcome, 'error'> {
  return { error: new ReconcileError(code, 'boom').toRecord() }
}

/** A report of one cycle. */
export function reportWith(outcomes: readonly Outcome[], more: Partial<CycleReport> = {}): CycleReport {
  const counts = { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 }
  const empty = { undeclared: [], warnings: [], error: null, problems: [] }
  return {
    runId: 'run',
    service: 'shop',
    target: '',
    scope: 'all',
    status: 'in-sync',
    configDigest: 'digest',
    startedAt: 0,
    durationMs: 0,
    counts,
    outcomes,
    ...empty,
    known: { outcomes, counts, status: more.status ?? 'in-sync' },
    ...more
  }
}
