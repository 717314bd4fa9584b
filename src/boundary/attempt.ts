/**
 * Asks a plugin, whatever it throws.
 * @module
 */
import type { ReconcileError } from '../errors.ts'
import { thrownBy, type Asked } from './fault.ts'

/**
 * Is called with every fault, also those that only hold one item; `cause` is what the plugin threw, if it did. Must not
 * throw.
 */
export type OnFault = (fault: ReconcileError) => void

/** What `work` gives. Throws errors of ours only: a bug is PLUGIN_FAULT, and `onFault` is called. */
export function attempt<T>(asked: Asked, what: string, onFault: OnFault, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw reported(thrownBy(asked, what, error), onFault)
  }
}

/** The same for work that takes time. */
export async function attemptAsync(
  asked: Asked,
  what: string,
  onFault: OnFault,
  work: () => unknown
): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    throw reported(thrownBy(asked, what, error), onFault)
  }
}

function reported(error: ReconcileError, onFault: OnFault): ReconcileError {
  if (error.code === 'PLUGIN_FAULT') onFault(error)
  return error
}
