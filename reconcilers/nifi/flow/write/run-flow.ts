/**
 * Makes a flow what is declared, step by step, and says how far it is.
 * @module
 */
import { done, type ItemResult, ReconcileError, toReconcileError, unchanged, waiting } from '../../../../src/plugin.ts'
import { isStaleRevision } from '../../connection/refusal.ts'
import type { CallContext } from './call-context.ts'
import { readStep } from './read-step.ts'
import { recover } from './recover.ts'
import { whyChanged } from './replace/differences.ts'
import type { Pause } from './run-state/start-stop.ts'
import { newProgress, type FlowTask, type Progress, type StepContext } from './step-context.ts'
import { isDraining, nextStep, type Step } from './steps.ts'
import { takeStep } from './take-step.ts'

/** More than any flow takes between two waits. */
const mostSteps = 24

/**
 * Takes the steps that can be taken now. `waiting` while NiFi is at work or queues run empty; `done` when nothing is left
 * to do, `unchanged` when nothing was. Each step is told by what NiFi holds, so that it does not matter who took the ones
 * before. `isImported`: NiFi has taken the definition a moment ago. Throws why a step cannot be taken, once what is to run has
 * been started again.
 */
export async function runFlow(id: string, task: FlowTask, call: CallContext, isImported = false): Promise<ItemResult> {
  const { name } = task.desired
  const run = new FlowRun(id, task, call, isImported)
  try {
    const pause = await run.steps()
    if (pause !== undefined) return waiting(name, pause)
    return run.hasWritten ? done(name) : unchanged(name)
  } catch (error) {
    throw await run.fail(toReconcileError(error))
  }
}

class FlowRun {
  readonly #id: string
  readonly #task: FlowTask
  readonly #call: CallContext
  readonly #progress: Progress
  /** What was seen last, and the step it led to. */
  #last: { readonly context: StepContext; readonly step: Step } | undefined

  constructor(id: string, task: FlowTask, call: CallContext, isImported: boolean) {
    this.#progress = newProgress(isImported)
    this.#id = id
    this.#task = task
    this.#call = call
  }

  get hasWritten(): boolean {
    return this.#progress.hasWritten
  }

  /** Until nothing is left to do, undefined then, or something is waited for. */
  async steps(): Promise<Pause> {
    let stale = 0
    for (let steps = 0; steps < mostSteps; steps += 1) {
      try {
        const { isOver, pause } = await this.#step()
        if (isOver || pause !== undefined) return pause
      } catch (error) {
        // Somebody was quicker: what is to be done is found out again, once.
        if (!isStaleRevision(error) || stale > 0) throw error
        stale += 1
      }
    }
    return 'more steps remain; continuing in the next cycle'
  }

  /** After a throw: the error as it is reported, once what is to run has been started again. */
  async fail(error: ReconcileError): Promise<ReconcileError> {
    if (!this.#isToRecover(error) || !(await recover(this.#id, this.#task, this.#call))) return error
    const { code, message, problems } = error
    return new ReconcileError(code, `${message}; restarted what was stopped for it`, { cause: error, problems })
  }

  /** A drain that can go on does so with the next try; what could not be started just now is not tried twice. */
  #isToRecover({ retryable }: ReconcileError): boolean {
    if (this.#last === undefined) return !retryable
    const { context, step } = this.#last
    if (step.step === 'apply-run-state' || (retryable && isDraining(step))) return false
    const { drain, stopped } = context.live.marker ?? {}
    return this.#progress.hasStopped || drain !== undefined || stopped !== undefined || !context.facts.isInRunState
  }

  async #step(): Promise<{ readonly isOver: boolean; readonly pause: Pause }> {
    this.#last = undefined
    const progress = this.#progress
    const context = await readStep(this.#id, this.#task, progress, this.#call)
    const changed = progress.hasWritten ? undefined : whyChanged(context)
    if (changed !== undefined) throw new ReconcileError('CONFLICT', `${changed} since it was read`)
    const step = nextStep(context.facts)
    this.#last = { context, step }
    if (step.step === 'done') return { isOver: true, pause: undefined }
    const { hasWritten } = progress
    progress.hasWritten ||= step.step !== 'await-drain'
    try {
      return { isOver: false, pause: await takeStep(context, step) }
    } catch (error) {
      // Nothing was written: the plan is held against what somebody else has made of it.
      if (isStaleRevision(error)) progress.hasWritten = hasWritten
      throw error
    }
  }
}
