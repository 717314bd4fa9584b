/**
 * Outcomes, all made here so that success and failure carry the same fields.
 * @module
 */
import type { FieldChange, ItemResult } from '../contract.ts'
import type { Change, Outcome } from '../line.ts'
import type { ReconcileError } from '../errors.ts'
import type { WaitReason } from '../records.ts'
import { whyOf } from './why.ts'

type Details = Partial<Pick<Outcome, 'durationMs' | 'nextTryAt' | 'why' | 'reason' | 'attempts' | 'contested'>> & {
  readonly error?: ReconcileError | undefined
}

/** One outcome of one change. Pure. */
export function outcomeOf(
  change: Change,
  result: Outcome['result'],
  { error, reason, why, durationMs = 0, nextTryAt = null, attempts = 0, contested = null }: Details = {}
): Outcome {
  const said = saidOf(change)
  return {
    key: change.key,
    kind: change.kind,
    verb: change.verb,
    result,
    reason: reason ?? said.reason,
    why: why ?? said.why,
    error: (error ?? said.error)?.toRecord() ?? null,
    fields: fieldsOf(change),
    durationMs,
    nextTryAt,
    attempts,
    contested
  }
}

/** What the change says of itself. A fault says why, too. */
function saidOf(change: Change): Pick<Outcome, 'reason' | 'why'> & { readonly error?: ReconcileError } {
  if (change.verb === 'invalid') return change
  if (change.verb !== 'hold') return { reason: null, why: null }
  const { reason, why, error } = change
  return error === undefined ? { reason, why } : { reason, why: null, error }
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

/** A plugin's answer for an item that is in flight; `why` says how far. */
export function waiting(name: string, why: string): ItemResult {
  return { name, result: 'waiting', why }
}
