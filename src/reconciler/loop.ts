/**
 * When to look again: a hint, a retry that is due, or the interval, whichever comes first. The interval is the
 * guarantee and is kept exactly as given; the others only shorten the wait.
 * @module
 */
import type { CycleReport } from '../contract.ts'
import type { Clock } from '../time/clock.ts'
import type { Wake } from './wake.ts'

/** A write that was acknowledged is looked at again this soon, so that the log says when it was seen. */
export const verifyAfterMs = 1_000

export interface LoopOptions {
  /** Must not throw. */
  readonly cycle: () => Promise<CycleReport>
  /** From the start of one cycle to the start of the next. */
  readonly intervalMs: number
  readonly clock: Clock
  readonly wake: Wake
  /** Ends the loop after the cycle that runs. */
  readonly stopping: AbortSignal
}

/** Runs cycles one after the other, never two at once, until `stopping` aborts. */
export async function runLoop({ cycle, intervalMs, clock, wake, stopping }: LoopOptions): Promise<void> {
  while (!stopping.aborted) {
    const startedAt = clock.now()
    const report = await cycle()
    const now = clock.now()
    const dueAt = Math.min(startedAt + intervalMs, nextDue(report, now))
    await wake.wait(Math.max(0, dueAt - now), clock, stopping)
  }
}

/** When the items of a report want to be looked at again, in ms since the epoch; Infinity for never. Pure. */
export function nextDue(report: CycleReport, now: number): number {
  const due = report.outcomes.flatMap(({ verb, result, nextTryAt }) => {
    const written = (verb === 'create' || verb === 'update') && (result === 'done' || result === 'unchanged')
    return written ? [now + verifyAfterMs] : nextTryAt === null ? [] : [nextTryAt]
  })
  return Math.min(Infinity, ...due)
}
