/**
 * Opens what the verbs work on: plugin, service, settings, reconciler.
 * @module
 */
import type { Service } from '../contract.ts'
import { refuse } from '../connect/environment.ts'
import { ServiceReconciler, type ReconcilerOptions } from '../reconciler/service-reconciler.ts'
import type { Host } from '../sidecar/host.ts'
import { loadPlugin } from './load-plugin.ts'
import { outputFormats, type OutputFormat } from './output.ts'
import { environmentOf, readSettings, type CommonFlags, type Settings } from '../sidecar/settings.ts'
import { TimeAllowed } from './time-allowed.ts'

export interface OneShot {
  readonly service: Service
  readonly settings: Settings
  /** How long the verb may take, from now on. */
  readonly time: TimeAllowed
  readonly reconciler: (options?: Partial<ReconcilerOptions>) => ServiceReconciler
  /** Closes the service. */
  readonly close: () => Promise<void>
}

/**
 * Opens a service for a verb that ends; `timeout` is how long it may take unless somebody says so. Touches no network.
 */
export async function openOneShot(name: string, flags: CommonFlags, timeout: string, host: Host): Promise<OneShot> {
  const plugin = await loadPlugin(name, flags.plugin, host.directory)
  const environment = environmentOf(flags, host.variables)
  const settings = readSettings(environment)
  const timeoutMs = environment.duration('INFOMETIS_TIMEOUT', timeout)
  const service = plugin.open(environment)
  const reconciler = (options: Partial<ReconcilerOptions> = {}): ServiceReconciler =>
    new ServiceReconciler(service, {
      directory: settings.directory,
      owner: settings.owner,
      concurrency: settings.concurrency,
      cycleTimeoutMs: timeoutMs,
      clock: host.clock,
      ...options
    })
  const time = new TimeAllowed(timeoutMs, host.clock)
  const close = (): Promise<void> => {
    time.close()
    return service.close()
  }
  return { service, settings, time, reconciler, close }
}

/** The format asked for, refused in one place. */
export function formatOf(flags: CommonFlags): OutputFormat {
  const value = flags.output ?? 'text'
  return (
    outputFormats.find((format) => format === value) ??
    refuse('--output', value, `one of ${outputFormats.join(', ')}`, 'json')
  )
}
