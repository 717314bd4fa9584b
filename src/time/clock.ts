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
  /** A deadline `ms` from now. It keeps no process alive. */
  timeout(ms: number): Timeout
}

/** A deadline. `signal` aborts with a TimeoutError, unless `clear` was called before. */
export interface Timeout {
  readonly signal: AbortSignal
  clear(): void
}

/** A deadline that `start` begins: it is given what to call when the time is over, and gives what ends the wait. */
export function timeoutBy(ms: number, start: (over: () => void) => () => void): Timeout {
  const controller = new AbortController()
  const over = (): void => controller.abort(new DOMException(`over after ${ms} ms`, 'TimeoutError'))
  return { signal: controller.signal, clear: start(over) }
}

function machineTimeout(ms: number): Timeout {
  return timeoutBy(ms, (over) => {
    const timer = setTimeout(over, ms).unref()
    return () => clearTimeout(timer)
  })
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
    }),
  timeout: machineTimeout
}

/** Only Linux' monotonic clock, which Node uses, stands still while the machine sleeps; its uptime does not, in steps of 10 ms. */
const countedMs: () => number = process.platform === 'linux' ? () => uptime() * 1_000 : () => performance.now()
const startedAt = Date.now() - countedMs()

/** Time that nobody sets: that of the machine when the process started, counted on. */
export const steadyClock: Clock = {
  now: () => Math.round(startedAt + countedMs()),
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
  timeout: machineTimeout
}
