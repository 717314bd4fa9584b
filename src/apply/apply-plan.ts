/**
 * Plan → outcomes. The only place where a plan turns into writes: bounded, isolated, paced by the ledger, and every
 * call ends by the deadline. Nothing is thrown; errors become outcomes.
 * @module
 */
import pLimit from 'p-limit'
import type { AnyResource, Change, ItemResult, Outcome, Plan } from '../contract.ts'
import { ReconcileError, toReconcileError } from '../errors.ts'
import { givenUpWhy, settlingWhy, stoppingWhy } from '../report/cycle-report.ts'
import type { Clock } from '../time/clock.ts'
import { callService, type ServiceCall } from './service-call.ts'
import { codeOfCall } from './answers.ts'
import { packBatches } from './batches.ts'
import type { Ledger } from './ledger.ts'
import { outcomeOf } from './outcome.ts'

/** What goes on by itself is looked at again this soon. */
const lookAgainMs = 1_000

export interface ApplyOptions {
  /** In the order they must be applied. */
  readonly resources: readonly AnyResource[]
  readonly ledger: Ledger
  readonly clock: Clock
  /** Most calls under way at once. */
  readonly concurrency: number
  /** The deadline of the cycle. */
  readonly signal: AbortSignal
  /** Aborts when nothing new may be started; calls under way go on to the deadline. */
  readonly stopping: AbortSignal
  /** Called right before each call of the plugin; may abort one of the signals. */
  readonly beforeWrite: () => void
  /** Told of every outcome the moment it is known, with how many of the writes are done. */
  readonly onOutcome: (outcome: Outcome, done: number, total: number) => void
  /** Told of every call of the plugin that ended. */
  readonly onCall: (call: ServiceCall) => void
}

type Write = Change & { readonly verb: 'create' | 'update' }

/** Applies a plan, kind by kind in order, creates before updates. Writes only in mode `enforce`. */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<readonly Outcome[]> {
  const writes = plan.changes.filter(isWrite)
  options.ledger.retain(writes)
  const outcomes: Outcome[] = []
  const passive = plan.changes.length - writes.length
  const tell = (outcome: Outcome): void => {
    outcomes.push(outcome)
    options.onOutcome(outcome, Math.max(0, outcomes.length - passive), writes.length)
  }
  for (const change of plan.changes) if (!isWrite(change)) tell(outcomeOf(change, passiveResult(change)))
  if (plan.mode === 'observe') {
    for (const change of writes) tell(outcomeOf(change, 'planned', { why: 'mode is observe' }))
    return outcomes
  }
  const limit = pLimit(options.concurrency)
  for (const resource of options.resources) {
    for (const verb of ['create', 'update'] as const) {
      const due = writes.filter(
        (change) => change.kind === resource.kind && change.verb === verb && isDue(change, options, tell)
      )
      const calls = packBatches(resource, due).map((batch) =>
        limit(() => applyBatch(resource, verb, batch, options, tell))
      )
      await Promise.all(calls)
    }
  }
  return outcomes
}

function isWrite(change: Change): change is Write {
  return change.verb === 'create' || change.verb === 'update'
}

function passiveResult(change: Exclude<Change, Write>): Outcome['result'] {
  return ({ keep: 'unchanged', orphan: 'reported', hold: 'held', invalid: 'invalid' } as const)[change.verb]
}

function isDue(change: Write, options: ApplyOptions, tell: (outcome: Outcome) => void): boolean {
  const turn = options.ledger.turn(change, options.clock.now())
  if (turn.go) return true
  const { error, dueAt } = turn
  if (error === undefined) tell(outcomeOf(change, 'waiting', { why: settlingWhy, nextTryAt: dueAt }))
  else if (error.retryable)
    tell(outcomeOf(change, 'waiting', { why: 'failed, to be tried again', error, nextTryAt: dueAt }))
  else tell(outcomeOf(change, 'failed', { why: givenUpWhy, error, nextTryAt: dueAt }))
  return false
}

async function applyBatch(
  resource: AnyResource,
  verb: Write['verb'],
  batch: readonly Write[],
  options: ApplyOptions,
  tell: (outcome: Outcome) => void
): Promise<void> {
  const { clock, ledger } = options
  options.beforeWrite()
  if (options.stopping.aborted) {
    for (const change of batch) tell(outcomeOf(change, 'waiting', { why: stoppingWhy }))
    return
  }
  const startedAt = clock.now()
  if (options.signal.aborted) {
    // Never tried, so that no time-out of its own counts against the item.
    const error = new ReconcileError('TIMEOUT', 'not started before the deadline of the cycle')
    for (const change of batch) tell(outcomeOf(change, 'waiting', { why: 'not started', error, nextTryAt: startedAt }))
    return
  }
  const results = await callPlugin(resource, verb, batch, options)
  const now = clock.now()
  const durationMs = now - startedAt
  for (const change of batch) {
    const result = results.get(change.name) ?? missingAnswer(change)
    if (result.result === 'failed') {
      const nextTryAt = ledger.failed(change, result.error, now)
      tell(outcomeOf(change, 'failed', { error: result.error, durationMs, nextTryAt }))
    } else if (result.result === 'waiting') {
      ledger.begun(change)
      tell(outcomeOf(change, 'waiting', { why: result.why, durationMs, nextTryAt: now + lookAgainMs }))
    } else {
      ledger.acknowledged(change, now)
      tell(outcomeOf(change, result.result, { durationMs }))
    }
  }
}

/** The plugin's answers by name. A call that throws failed for every item of the batch. */
async function callPlugin(
  resource: AnyResource,
  verb: Write['verb'],
  batch: readonly Write[],
  { signal, clock, onCall }: ApplyOptions
): Promise<ReadonlyMap<string, ItemResult>> {
  try {
    const call = async (): Promise<readonly ItemResult[]> => {
      if (verb === 'create')
        return (
          (await resource.create?.(
            batch.map((change) => change.desired),
            signal
          )) ?? []
        )
      const updates = batch.flatMap((change) => (change.verb === 'update' ? [change] : []))
      return (await resource.update?.(updates, signal)) ?? []
    }
    const results = await callService(`${verb} ${resource.kind}`, { signal, clock, onCall }, call, codeOfCall)
    return new Map(results.map((result) => [result.name, result]))
  } catch (error) {
    const reason = toReconcileError(error)
    return new Map(batch.map(({ name }) => [name, { name, result: 'failed', error: reason }]))
  }
}

function missingAnswer({ name, key }: Write): ItemResult {
  return {
    name,
    result: 'failed',
    error: new ReconcileError('NO_ANSWER', `${key}: expected an answer for this item, found none`)
  }
}
