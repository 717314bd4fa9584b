/**
 * Deadlines: a plugin that ignores its signal still cannot hold up a cycle.
 * @module
 */
import { ReconcileError } from '../errors.ts'

/**
 * The result of `work`, or a TIMEOUT naming `what` as soon as `signal` aborts. The work itself is not stopped by
 * this; it is given the same signal and its late result is ignored.
 */
export async function within<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const aborted = (): ReconcileError => new ReconcileError('TIMEOUT', `${what}: no answer before the deadline`, { cause: signal.reason })
  if (signal.aborted) throw aborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(aborted())
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
