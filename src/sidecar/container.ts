/**
 * What a container runs: the sidecar, told everything by environment variables.
 * @module
 */
// oxlint-disable-next-line import/no-unassigned-import -- has to be in effect before what is imported after it
import '../cli/quiet.ts'
import { guardPlugin } from '../boundary/service.ts'
import type { Plugin } from '../contract.ts'
import { toReconcileError } from '../errors.ts'
import { Environment } from '../connect/environment.ts'
import { processHost, type Host } from './host.ts'
import { printError } from '../cli/output.ts'
import { runSidecar } from './sidecar.ts'

/**
 * Runs until SIGTERM or SIGINT; the exit code: 2, with the reason on stderr, when it could not start. Never throws.
 */
export async function runContainer(plugin: Plugin, host: Host = processHost()): Promise<number> {
  try {
    return await runSidecar(guardPlugin(plugin), new Environment(host.variables), host)
  } catch (error) {
    printError(host, 'text', toReconcileError(error), { service: plugin.name })
    return 2
  }
}
