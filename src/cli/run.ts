/**
 * `infometis run`: the sidecar, from the command line.
 * @module
 */
import type { Host } from '../sidecar/host.ts'
import { loadPlugin } from './load-plugin.ts'
import { environmentOf, type CommonFlags } from '../sidecar/settings.ts'
import { runSidecar } from '../sidecar/sidecar.ts'

/** Ends with exit code 0 after SIGTERM. */
export async function run(name: string, flags: CommonFlags, host: Host): Promise<number> {
  return runSidecar(await loadPlugin(name, flags.plugin, host.directory), environmentOf(flags, host.variables), host)
}
