/**
 * Outcomes, all made here so that success and failure carry the same fields.
 * @module
 */
import type { Change, FieldChange, ItemResult, Outcome } from '../contract.ts'
import type { ReconcileError } from '../errors.ts'
import type { WaitReason } from '../records.ts'
import { whyOf } from './why.ts'

type Details = Partial<Pick<Outcome, 'durationMs' | 'nextTryAt' | 'why' | 'reason' | 'attempts' | 'contested'>> & {
  readonly error?: ReconcileError | undefined
}

/** One outcome of one change. Pure. */
export function outcomeOf(change: Change, result: Outcome['result'], details: Details = {}): Outcome {
  const fault = 'error' in change ? change.error : undefined
  const error = details.error ?? fault
  return {
    key: change.key,
    kind: change.kind,
    verb: change.verb,
    result,
    reason: details.reason ?? ('reason' in change ? change.reason : null),
    // The fault says it already.
    why: details.why ?? ('why' in change && fault === undefined ? change.why : null),
    error: error?.toRecord() ?? null,
    fields: fieldsOf(change),
    durationMs: details.durationMs ?? 0,
    nextTryAt: details.nextTryAt ?? null,
    attempts: details.attempts ?? 0,
    contested: details.contested ?? null
  }
}

/** An item that the reconciler comes back to by itself; the reason says why it waits. Pure. */
export function waitingOutcome(change: Change, reason: WaitReason, details: Details = {}): Outcome {
  return outcomeOf(change, 'waiting', { why: whyOf(reason), ...details, reason })
}

/** The fields a change is about; none for those that write nothing. */
export function fieldsOf(change: Change): readonly FieldChange[] {
  return 'fields' in change ? change.fields : []
}

/** A plugin's answer for an item that is as declared now. */
export function done(name: string): ItemResult {
  return { name, result: 'done' }
}

/** A plugin's answer for an item that already exists. */
export function unchanged(name: string): ItemResult {
  return { name, result: 'unchanged' }
}

/** A plugin's answer for an item that failed by itself. */
export function failed(name: string, error: ReconcileError): ItemResult {
  return { name, result: 'failed', error }
}

/** A plugin's answer for an item that is under way; `why` says how far. */
export function waiting(name: string, why: string): ItemResult {
  return { name, result: 'waiting', why }
}
