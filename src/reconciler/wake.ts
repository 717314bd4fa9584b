/**
 * The dirty bit: any number of hints while a cycle runs mean exactly one more cycle, and none is lost.
 * @module
 */
import type { Clock } from '../time/clock.ts'

export class Wake {
  #requested = false
  #resolve: (() => void) | undefined

  /** Asks for a cycle now, or right after the one that runs. */
  request(): void {
    this.#requested = true
    this.#resolve?.()
  }

  /** Resolves when a cycle was asked for, after `ms`, or when `signal` aborts; whichever comes first. */
  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (!this.#requested && !signal.aborted && ms > 0) {
      const slept = new AbortController()
      const asked = new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
      await Promise.race([asked, clock.sleep(ms, AbortSignal.any([signal, slept.signal]))])
      slept.abort()
      this.#resolve = undefined
    }
    this.#requested = false
  }
}
