/**
 * What the framework makes of a call of the plugin.
 */
import { failed } from '../../../src/apply/outcome.ts'
import type { ItemResult } from '../../../src/contract.ts'
import { toReconcileError } from '../../../src/errors.ts'

/** The results of a call; one that throws has failed for each of its items. */
export async function resultsOf(
  names: readonly string[],
  call: () => Promise<readonly ItemResult[]>
): Promise<readonly ItemResult[]> {
  try {
    return await call()
  } catch (error) {
    return names.map((name) => failed(name, toReconcileError(error)))
  }
}
