/**
 * Keeps a watch of the API open: servers end watches, connections break, and the client library gives up at the first error.
 * @module
 */
import { backoffMs } from '../time/backoff.ts'
import { toReconcileError, type ReconcileError } from '../errors.ts'
import type { Clock } from '../time/clock.ts'
import type { ConfigMapListeners } from './config-maps.ts'

export interface FollowOptions {
  /** Resolves when the server has ended it, throws when it failed. */
  readonly watch: (listeners: ConfigMapListeners, signal: AbortSignal) => Promise<void>
  /** Something has changed, or may have while nothing was told. */
  readonly onHint: () => void
  /** More than a short cut: changes are not told now. Called at every failure until `onRecovered`. */
  readonly onDeaf: (error: ReconcileError) => void
  readonly onRecovered: () => void
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly closing: AbortSignal
}

/** Longest wait after the first failure, and of all, in ms. */
const backoff = { baseMs: 500, capMs: 5_000 } as const
/** Even the luckiest draw leaves the server so long, in ms. */
const shortestMs = 100
/** What was open for so long has worked, in ms. */
const stableMs = 5_000
/** A connection that is cut and taken up again is nothing to tell people. */
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
      // What changed since the last reading was told to nobody.
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
