/**
 * Time as a port, so that tests move it by hand.
 * @module
 */

import { uptime } from 'node:os'

/** The only source of time of the framework. */
export interface Clock {
  /** ms since the epoch. */
  now(): number
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve()
        return
      }
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal?.addEventListener('abort', end, { once: true })
    })
}

/** Only Linux' monotonic clock, which Node uses, stands still while the machine sleeps; its uptime does not, in steps of 10 ms. */
const countedMs: () => number = process.platform === 'linux' ? () => uptime() * 1_000 : () => performance.now()
const startedAt = Date.now() - countedMs()

/** Time that nobody sets: that of the machine when the process started, counted on. */
export const steadyClock: Clock = {
  now: () => Math.round(startedAt + countedMs()),
  sleep: (ms, signal) => systemClock.sleep(ms, signal)
}
