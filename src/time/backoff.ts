/**
 * Exponential back-off with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * @module
 */

export interface BackoffOptions {
  /** Longest wait before the second try, in ms. */
  readonly baseMs: number
  /** Longest wait of all, in ms. */
  readonly capMs: number
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/** How long to wait after the given number of failed tries (1 or more), in ms; at least `atLeastMs`. Pure. */
export function backoffMs(failures: number, options: BackoffOptions, atLeastMs = 0): number {
  const ceiling = Math.min(options.capMs, options.baseMs * 2 ** Math.min(failures - 1, 30))
  return Math.max(atLeastMs, Math.ceil(options.random() * ceiling))
}
