/**
 * A clock that jumps to whatever is waited for next, so that a test of something in memory waits for nothing.
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from './manual-clock.ts'

/** Of use only where nothing but this clock takes time: requests over a network end in no time of this clock. */
export class JumpingClock extends ManualClock {
  #isJumping = false

  /**
   * Resolves once everything that can run has run and nothing is due earlier, or at once when `ms` is 0 or `signal`
   * aborts; never rejects.
   */
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal)
    if (!this.#isJumping) void this.#jump()
    return slept
  }

  async #jump(): Promise<void> {
    this.#isJumping = true
    for (let next = await this.#next(); next !== undefined; next = await this.#next())
      await this.advance(next - this.now())
    this.#isJumping = false
  }

  async #next(): Promise<number | undefined> {
    await turn()
    await turn()
    return this.due[0]
  }
}
