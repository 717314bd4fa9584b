/**
 * A bucket of tokens: some at once, then one now and then. Pure.
 * @module
 */
export interface BucketOptions {
  /** Most tokens it holds; it starts full. */
  readonly burst: number
  /** After which one is added, in ms. */
  readonly refillMs: number
}

export class TokenBucket {
  readonly #options: BucketOptions
  #tokens: number
  #at: number

  constructor(options: BucketOptions, now: number) {
    this.#options = options
    this.#tokens = options.burst
    this.#at = now
  }

  /** Takes a token if there are more than `reserve`. */
  take(now: number, reserve = 0): boolean {
    const { burst, refillMs } = this.#options
    this.#tokens = Math.min(burst, this.#tokens + Math.max(0, now - this.#at) / refillMs)
    this.#at = now
    if (this.#tokens < reserve + 1) return false
    this.#tokens -= 1
    return true
  }
}
