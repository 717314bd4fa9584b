/**
 * Cycles until everything is converged and seen converged, for verbs that end.
 * @module
 */
import { isWriteVerb } from '../plan/write.ts'
import type { CycleReport, Outcome } from '../line.ts'
import { isRetryable } from '../errors.ts'
import type { Clock } from '../time/clock.ts'

const firstLookMs = 50
const longestLookMs = 1_600

export interface ConvergeOptions {
  /** Must not throw. */
  readonly cycle: () => Promise<CycleReport>
  readonly clock: Clock
  /** The time allowed is over, or somebody asked to stop. */
  readonly signal: AbortSignal
}

/**
 * Repeats the cycle until nothing is left that time could change: all in sync, or only held, invalid and terminal
 * items. The last report; when `signal` aborts first, the report of the cycle that ran then, or of the one before when
 * that one was cut while it looked: that our own time is over says less than what was seen before.
 */
export async function converge({ cycle, clock, signal }: ConvergeOptions): Promise<CycleReport> {
  let before: CycleReport | undefined
  for (let looks = 0; ; looks += 1) {
    const report = await cycle()
    if (signal.aborted && before !== undefined && isCut(report)) return before
    before = report
    const pending = report.outcomes.filter(isPending)
    const unseen = report.status === 'blind' && report.error !== null && isRetryable(report.error.code)
    if (signal.aborted || (pending.length === 0 && !unseen)) return report
    if (pending.some(({ result }) => result === 'done')) looks = 0
    const soon = Math.min(longestLookMs, firstLookMs * 2 ** looks)
    const due = Math.min(...pending.map((outcome) => waitFor(outcome, clock.now(), soon)))
    await clock.sleep(Math.max(1, Number.isFinite(due) ? due : soon), signal)
    if (signal.aborted) return report
  }
}

function isCut({ status, error }: CycleReport): boolean {
  return status === 'blind' && error?.code === 'TIMEOUT'
}

/** Whether looking or trying again can change this outcome. */
export function isPending({ verb, result, error }: Outcome): boolean {
  if (!isWriteVerb(verb)) return false
  if (result === 'done' || result === 'unchanged') return true
  return (result === 'waiting' || result === 'failed') && (error === null || isRetryable(error.code))
}

/** A retry waits for its turn; what was written only has to become visible. */
function waitFor({ error, nextTryAt }: Outcome, now: number, soon: number): number {
  return error === null || nextTryAt === null ? soon : nextTryAt - now
}
