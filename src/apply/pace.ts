/**
 * How many items may be written a second.
 * @module
 */

/** A burst is one call: after it the next one waits until its items have had their time. */
export class Pace {
  readonly #itemsPerSecond: number
  #freeAt = 0

  /** 0: as many as there are. */
  constructor(itemsPerSecond: number) {
    this.#itemsPerSecond = itemsPerSecond
  }

  /** When the next call may begin, in ms since the epoch; 0 for at once. */
  get freeAt(): number {
    return this.#freeAt
  }

  /** A call with so many items begins. */
  took(items: number, now: number): void {
    if (this.#itemsPerSecond === 0) return
    this.#freeAt = Math.max(now, this.#freeAt) + (items * 1_000) / this.#itemsPerSecond
  }
}
