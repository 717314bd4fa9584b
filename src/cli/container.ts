/**
 * What a container runs: the sidecar, told everything by environment variables.
 * @module
 */
// oxlint-disable-next-line import/no-unassigned-import -- has to be in effect before what is imported after it
import './quiet.ts'
import type { Plugin } from '../contract.ts'
import { toReconcileError } from '../errors.ts'
import { Environment } from '../run/environment.ts'
import { printError } from './output.ts'
import { runSidecar } from './sidecar.ts'

/** Runs until it is told to stop and sets the exit code: 2, with the reason on stderr, when it could not start. Never throws. */
export async function runContainer(plugin: Plugin): Promise<void> {
  try {
    process.exitCode = await runSidecar(plugin, new Environment())
  } catch (error) {
    printError('text', plugin.name, toReconcileError(error))
    process.exitCode = 2
  }
}
