/**
 * What the container runs: the sidecar, told everything by environment variables.
 * @module
 */
import { printError } from '../../src/cli/output.ts'
import { runSidecar } from '../../src/cli/sidecar.ts'
import { toReconcileError } from '../../src/errors.ts'
import { Environment } from '../../src/run/environment.ts'
import { plugin } from './index.ts'

try {
  process.exitCode = await runSidecar(plugin, new Environment())
} catch (error) {
  printError('text', plugin.name, toReconcileError(error))
  process.exitCode = 2
}
