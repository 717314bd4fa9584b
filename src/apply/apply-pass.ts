/**
 * One pass of writes: what is begun when, what is waited for, and what becomes of each item.
 * @module
 */
import type { ItemResult } from '../contract.ts'
import type { Change, Contested, Outcome, Plan, Write } from '../line.ts'
import { isFailureOfTarget, ReconcileError } from '../errors.ts'
import { isWrite } from '../plan/write.ts'
import type { Batch } from '../queue/batches.ts'
import { dueAfter } from '../queue/due.ts'
import { orderWrites } from '../queue/order.ts'
import type { WaitReason } from '../records.ts'
import type { ApplyOptions } from './apply-options.ts'
import { outcomeOf, waitingOutcome } from './outcome.ts'
import { dependenciesOf, Schedule } from './schedule.ts'
import { whyOf } from './why.ts'
import { callPlugin, type Answered } from './write-call.ts'

/** What goes on by itself is looked at again this soon, in ms. */
const lookAgainMs = 1_000
/** Without progress for so long, a pass that only waits makes room for the next one, in ms. */
const lingerMs = 1_000

/** Why something is not begun any more. */
type Ending = WaitReason & ('newer-configuration' | 'not-started' | 'stopping')

/** How a call went. */
interface Came {
  readonly durationMs: number
  /** The whole service failed, not the item. */
  readonly isOfTarget: boolean
}

export class ApplyPass {
  readonly outcomes: Outcome[] = []
  readonly #options: ApplyOptions
  readonly #plan: Plan
  readonly #writes: readonly Write[]
  /** Begun by this pass and not answered. */
  readonly #waiting = new Set<Write>()
  #isOver = false
  #progressAt: number
  /** When the first item of this pass wants to be looked at again, in ms since the epoch. */
  #dueAt = Infinity

  constructor(plan: Plan, options: ApplyOptions) {
    this.#options = options
    this.#plan = plan
    this.#writes = plan.changes.filter(isWrite)
    this.#progressAt = options.clock.now()
  }

  /** Ends when everything is answered, or as soon as the limits say. Call it once. */
  async run(): Promise<void> {
    const { ledger, clock, resources, urgency, inFlight } = this.#options
    ledger.retain(this.#writes, this.#plan.scope, clock.now())
    for (const change of this.#plan.changes) {
      if (!isWrite(change)) this.#tell(outcomeOf(change, passiveResult(change), this.#fightOver(change)))
    }
    if (this.#plan.mode === 'observe') {
      const details = { reason: 'observe', why: whyOf('observe') } as const
      for (const change of this.#writes) this.#tell(outcomeOf(change, 'planned', details))
      return
    }
    const due = this.#writes.filter((change) => this.#isDue(change))
    const schedule = new Schedule(orderWrites(resources, due, urgency), dependenciesOf(resources))
    await this.#work(schedule)
    for (const batch of schedule.left)
      this.#leave(batch, this.#ending() ?? (inFlight.isFull ? 'no-slot' : 'dependency'))
    for (const change of this.#waiting) this.#tell(waitingOutcome(change, 'in-flight'))
    this.#isOver = true
  }

  /** That an item is in sync at the moment does not end a fight over it. */
  #fightOver(change: Change): { readonly contested?: Contested | null } {
    const { ledger, clock } = this.#options
    if (change.verb !== 'keep') return {}
    return { contested: ledger.contestedInSync(change.key, change.generation, clock.now()) }
  }

  async #work(schedule: Schedule): Promise<void> {
    const { mayLeaveCalls, nextPassAt, clock } = this.#options
    for (;;) {
      while (this.#mayBegin()) {
        const batch = schedule.next((kind) => this.#options.inFlight.hasKind(kind))
        if (batch === undefined) break
        this.#begin(batch)
      }
      const ending = this.#ending()
      const isIdle = ending !== undefined || schedule.left.length === 0
      if (isIdle && this.#waiting.size === 0) return
      if (mayLeaveCalls && ending !== undefined && ending !== 'stopping') return
      const nextAt = Math.min(nextPassAt(), this.#dueAt)
      const leaveAt = mayLeaveCalls ? Math.max(this.#progressAt + lingerMs, nextAt) : Infinity
      if (leaveAt <= clock.now()) return
      await this.#next(Math.min(leaveAt, this.#paceAt(schedule)))
    }
  }

  #mayBegin(): boolean {
    const { inFlight, pace, clock } = this.#options
    return this.#ending() === undefined && !inFlight.isFull && pace.freeAt <= clock.now()
  }

  #paceAt({ left }: Schedule): number {
    const { pace, clock } = this.#options
    return left.length > 0 && pace.freeAt > clock.now() ? pace.freeAt : Infinity
  }

  #ending(): Ending | undefined {
    const { superseded, stopping, deadline } = this.#options
    if (superseded.aborted) return 'newer-configuration'
    if (deadline.aborted) return 'not-started'
    return stopping.aborted ? 'stopping' : undefined
  }

  /** Resolves when a call has ended, a signal aborts, or at `until`, in ms since the epoch. */
  async #next(until: number): Promise<void> {
    const { superseded, stopping, deadline, clock, inFlight } = this.#options
    const done = new AbortController()
    const signal = AbortSignal.any([done.signal, ...[superseded, stopping, deadline].filter(({ aborted }) => !aborted)])
    const over = until === Infinity ? untilAborted(signal) : clock.sleep(until - clock.now(), signal)
    await Promise.race([inFlight.ended(), over])
    done.abort()
  }

  #begin(batch: Batch): void {
    const { clock, inFlight, pace, beforeWrite, urgency, onBegin } = this.#options
    beforeWrite()
    const ending = this.#ending()
    if (ending !== undefined) {
      this.#leave(batch, ending)
      return
    }
    const startedAt = clock.now()
    this.#progressAt = startedAt
    pace.took(batch.changes.length, startedAt)
    for (const change of batch.changes) {
      this.#waiting.add(change)
      onBegin(change.kind, startedAt - urgency.knownSince(change))
    }
    const call = { kind: batch.resource.kind, keys: batch.changes.map(({ key }) => key) }
    inFlight.begin(
      call,
      () => this.#call(batch),
      (answered) => this.#landed(batch, answered, startedAt)
    )
  }

  #leave({ changes }: Batch, reason: WaitReason): void {
    const { clock } = this.#options
    const error =
      reason === 'not-started' ? new ReconcileError('TIMEOUT', 'not started before the deadline') : undefined
    for (const change of changes) this.#tell(waitingOutcome(change, reason, { error, nextTryAt: clock.now() }))
  }

  async #call(batch: Batch): Promise<Answered> {
    const { runId, target, facts, clock, callSignal, guarded, onCall } = this.#options
    const { signal, ended } = callSignal()
    const call = { id: runId, target, signal, clock, facts: facts.get(batch.resource.kind) }
    const answered = await callPlugin(batch, { call, guarded, onCall })
    ended()
    return answered
  }

  #landed({ resource: { kind }, changes }: Batch, { results, thrown }: Answered, startedAt: number): void {
    const { clock, inFlight } = this.#options
    const now = clock.now()
    this.#progressAt = now
    if (thrown === undefined) inFlight.answered(kind, now)
    // A time-out is the whole service's, unless it answered others of this kind meanwhile.
    const isOwn = thrown?.code === 'TIMEOUT' && inFlight.hasAnsweredSince(kind, startedAt)
    const isOfTarget = thrown !== undefined && !isOwn && isFailureOfTarget(thrown.code)
    for (const change of changes) {
      const result = results.get(change.name)
      if (result === undefined) continue
      this.#waiting.delete(change)
      this.#tell(this.#outcome(change, result, { durationMs: now - startedAt, isOfTarget }))
    }
  }

  /** What came of one item, noted in the ledger. */
  #outcome(change: Write, result: ItemResult, { durationMs, isOfTarget }: Came): Outcome {
    const { ledger, clock } = this.#options
    const now = clock.now()
    if (result.result === 'failed') {
      const { error } = result
      const nextTryAt = ledger.failed(change, error, now, isOfTarget)
      const attempts = ledger.attempts(change)
      return outcomeOf(change, 'failed', { reason: 'tried', error, durationMs, nextTryAt, attempts })
    }
    if (result.result === 'waiting') {
      ledger.begun(change)
      return waitingOutcome(change, 'in-progress', { why: result.why, durationMs, nextTryAt: now + lookAgainMs })
    }
    ledger.acknowledged(change, now)
    return outcomeOf(change, result.result, { durationMs, contested: ledger.contested(change, now) })
  }

  #isDue(change: Write): boolean {
    const { ledger, clock, inFlight } = this.#options
    if (inFlight.has(change.key)) {
      this.#tell(waitingOutcome(change, 'in-flight'))
      return false
    }
    const turn = ledger.turn(change, clock.now())
    if (turn.go) return true
    const { result, reason, error, dueAt, contested } = turn
    const attempts = ledger.attempts(change)
    const why = whyOf(reason)
    this.#tell(outcomeOf(change, result, { reason, why, error, nextTryAt: dueAt, contested, attempts }))
    return false
  }

  #tell(outcome: Outcome): void {
    if (this.#isOver) {
      this.#options.onLateOutcome(outcome)
      return
    }
    this.outcomes.push(outcome)
    this.#dueAt = Math.min(this.#dueAt, dueAfter([outcome], 'fresh', this.#options.clock.now())?.dueAt ?? Infinity)
    const passive = this.#plan.changes.length - this.#writes.length
    this.#options.onOutcome(outcome, Math.max(0, this.outcomes.length - passive), this.#writes.length)
  }
}

function passiveResult(change: Exclude<Change, Write>): Outcome['result'] {
  return ({ keep: 'unchanged', orphan: 'reported', hold: 'held', invalid: 'invalid' } as const)[change.verb]
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
