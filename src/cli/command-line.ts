/**
 * Runs a command line and turns whatever happens into a documented exit code.
 * @module
 */
import { CommanderError } from 'commander'
import { ReconcileError, toReconcileError } from '../errors.ts'
import type { Host } from '../sidecar/host.ts'
import { listServices, loadOutside } from './load-plugin.ts'
import { printError } from './output.ts'
import { askedBy, makeProgram, type Asked } from './program.ts'
import { readVersion } from '../sidecar/version.ts'

const usageError = 2

/** The exit code of `infometis` with these words behind it. Never throws. */
export async function runCommandLine(words: readonly string[], host: Host): Promise<number> {
  const asked = askedBy(words, host.variables)
  let exitCode = 0
  try {
    const [version, services] = await Promise.all([readVersion(), servicesFor(asked, host)])
    const program = makeProgram({ version, services, host, finish: (code) => void (exitCode = code) })
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    printError(host, asked.format, error instanceof CommanderError ? flagError(error) : toReconcileError(error), {
      service: asked.service
    })
    return usageError
  }
}

/** The services of this installation; the help names that of a plugin as well, or why there is none. */
async function servicesFor({ help, plugin }: Asked, { directory }: Host): Promise<readonly string[]> {
  const services = await listServices()
  if (!help || plugin === undefined) return services
  const outside = await loadOutside(plugin, directory).catch(toReconcileError)
  return [
    ...services,
    outside instanceof ReconcileError ? `and none from ${plugin}: ${outside.message}` : `${outside.name} (${plugin})`
  ]
}

function flagError(error: CommanderError): ReconcileError {
  if (error.code !== 'commander.help') return new ReconcileError('FLAG_INVALID', error.message.replace(/^error: /, ''))
  return new ReconcileError(
    'FLAG_INVALID',
    'expected a verb and a service, for example `infometis diff <service>`; see `infometis --help`'
  )
}
