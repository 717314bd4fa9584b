/**
 * Waiting for what comes true by itself.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** The first result of `look` that does not throw; its last error after `ms`. */
export async function eventually<T>(look: () => Promise<T>, ms = 30_000): Promise<T> {
  const end = performance.now() + ms
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(50)
    }
  }
}
