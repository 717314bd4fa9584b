/**
 * When an item is to be looked at again, by what became of it. Pure.
 * @module
 */
import type { Outcome } from '../line.ts'
import { isWriteVerb } from '../plan/write.ts'
import type { Due, QueueClass } from './work-queue.ts'

/** A write that was acknowledged is looked at again this soon, in ms, so that the log says when it was seen. */
export const verifyAfterMs = 1_000

/** Not begun for a reason that has nothing to do with the item. */
const left: ReadonlySet<Outcome['reason']> = new Set(['newer-configuration', 'not-started', 'stopping'])

/**
 * The earliest time at which one of an item's outcomes wants to be looked at again; `own` is the class of an item that
 * was not begun. Undefined: not before the next look at everything.
 */
export function dueAfter(outcomes: readonly Outcome[], own: QueueClass, now: number): Due | undefined {
  const due = outcomes.flatMap((outcome) => dueOf(outcome, own, now) ?? [])
  return due.toSorted((a, b) => a.dueAt - b.dueAt)[0]
}

function dueOf({ verb, result, reason, nextTryAt }: Outcome, own: QueueClass, now: number): Due | undefined {
  if (!isWriteVerb(verb)) return undefined
  if (result === 'done' || result === 'unchanged') return { class: 'fresh', dueAt: now + verifyAfterMs }
  if (left.has(reason)) return { class: own, dueAt: now }
  if (nextTryAt === null) return undefined
  const isRetry = result === 'failed' || reason === 'backing-off' || reason === 'contested'
  return { class: isRetry ? 'retry' : 'fresh', dueAt: nextTryAt }
}
