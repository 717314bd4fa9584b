/**
 * Keeps a watch of the API open: servers end watches, connections break, and the client library gives up at the first error.
 * @module
 */
import { backoffMs } from '../time/backoff.ts'
import { toReconcileError, type ReconcileError } from '../errors.ts'
import type { Clock } from '../time/clock.ts'

export interface WatchListeners {
  /** The watch reports changes from now on. */
  onOpen(): void
  onChange(): void
}

export interface FollowOptions {
  /** Resolves when the server has ended it, throws when it failed. */
  readonly watch: (listeners: WatchListeners, signal: AbortSignal) => Promise<void>
  /** Something has changed, or may have while no watch was open. */
  readonly onHint: () => void
  /** More than a short cut: changes go unnoticed now. Called at every failure until `onRecovered`. */
  readonly onDeaf: (error: ReconcileError) => void
  readonly onRecovered: () => void
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly closing: AbortSignal
}

/** Longest wait after the first failure, and of all, in ms. */
const backoff = { baseMs: 500, capMs: 5_000 } as const
/** Shortest wait, whatever is drawn, in ms. */
const shortestMs = 100
/** A watch that was open for this long has worked, in ms. */
const stableMs = 5_000
/** One lost connection that is re-established is not reported. */
const tolerated = 1

/** Until `closing` aborts. Never throws. */
export async function followChanges({
  watch,
  onHint,
  onDeaf,
  onRecovered,
  clock,
  random,
  closing
}: FollowOptions): Promise<void> {
  let failures = 0
  while (!closing.aborted) {
    let openedAt = Number.POSITIVE_INFINITY
    const onOpen = (): void => {
      openedAt = clock.now()
      // No watch reported what changed since the last reading.
      onHint()
    }
    const error = await watch({ onOpen, onChange: onHint }, closing).then(() => undefined, toReconcileError)
    if (clock.now() - openedAt >= stableMs) {
      failures = 0
      onRecovered()
      // The server has ended it as servers do.
      if (error === undefined) continue
    }
    failures += 1
    if (error !== undefined && failures > tolerated && !closing.aborted) onDeaf(error)
    await clock.sleep(backoffMs(failures, { ...backoff, random }, shortestMs), closing)
  }
}
