/**
 * Makes a flow what is declared, step by step, and says how far it is.
 * @module
 */
import { done, type ItemResult, ReconcileError, toReconcileError, unchanged, waiting } from '../../../../src/plugin.ts'
import { take } from './take-step.ts'
import type { WriteContext } from './call-context.ts'
import { whyChanged } from './replace/differences.ts'
import { newProgress, type Goal, type Progress } from './step-context.ts'
import { look, type Look } from './read-step.ts'
import { isStale } from './put-group.ts'
import { recover } from './recover.ts'
import type { Pause } from './run-state/start-stop.ts'
import { isDraining, nextStep, type Step } from './steps.ts'

/** More than any flow takes between two waits. */
const mostSteps = 24

/**
 * Takes the steps that can be taken now. `waiting` while NiFi is at work or queues run empty; `done` when nothing is left
 * to do, `unchanged` when nothing was. Each step is told by what NiFi holds, so that it does not matter who took the ones
 * before. `isImported`: NiFi has taken the definition a moment ago. Throws why a step cannot be taken, once what is to run has
 * been started again.
 */
export async function runFlow(id: string, goal: Goal, context: WriteContext, isImported = false): Promise<ItemResult> {
  const { name } = goal.desired
  const run = new Run(id, goal, context, isImported)
  try {
    const pause = await run.steps()
    if (pause !== undefined) return waiting(name, pause)
    return run.hasWritten ? done(name) : unchanged(name)
  } catch (error) {
    throw await run.fail(toReconcileError(error))
  }
}

class Run {
  readonly #id: string
  readonly #goal: Goal
  readonly #context: WriteContext
  readonly #progress: Progress
  /** What was seen last, and the step it led to. */
  #last: { readonly seen: Look; readonly step: Step } | undefined

  constructor(id: string, goal: Goal, context: WriteContext, isImported: boolean) {
    this.#progress = newProgress(isImported)
    this.#id = id
    this.#goal = goal
    this.#context = context
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
        // Somebody was quicker: what is to be done is found out anew, once.
        if (!isStale(error) || stale > 0) throw error
        stale += 1
      }
    }
    return 'more is to be done than in one go'
  }

  /** After a throw: the error as it is reported, once what is to run has been started again. */
  async fail(error: ReconcileError): Promise<ReconcileError> {
    if (!this.#isToRecover(error) || !(await recover(this.#id, this.#goal, this.#context))) return error
    const { code, message, problems } = error
    return new ReconcileError(code, `${message}; what was stopped for it runs again`, { cause: error, problems })
  }

  /** A drain that can go on does so with the next try; what could not be started just now is not tried twice. */
  #isToRecover({ retryable }: ReconcileError): boolean {
    if (this.#last === undefined) return !retryable
    const { seen, step } = this.#last
    if (step.step === 'enter' || (retryable && isDraining(step))) return false
    const { drain, stopped } = seen.live.marker ?? {}
    return this.#progress.hasStopped || drain !== undefined || stopped !== undefined || !seen.facts.isInState
  }

  async #step(): Promise<{ readonly isOver: boolean; readonly pause: Pause }> {
    this.#last = undefined
    const [goal, progress, context] = [this.#goal, this.#progress, this.#context]
    const seen = await look(this.#id, goal, progress, context)
    const changed = progress.hasWritten ? undefined : whyChanged(seen.live, goal, seen.facts.differs)
    if (changed !== undefined) throw new ReconcileError('CONFLICT', `${changed} since it was looked at`)
    const step = nextStep(seen.facts)
    this.#last = { seen, step }
    if (step.step === 'rest') return { isOver: true, pause: undefined }
    const { hasWritten } = progress
    progress.hasWritten ||= step.step !== 'wait'
    try {
      return { isOver: false, pause: await take({ seen, goal, progress, context }, step) }
    } catch (error) {
      // Nothing was written: the plan is held against what somebody else has made of it.
      if (isStale(error)) progress.hasWritten = hasWritten
      throw error
    }
  }
}
