/**
 * Opens what the verbs work on: plugin, service, settings, reconciler.
 * @module
 */
import type { Plugin, Service } from '../contract.ts'
import { refuse } from '../run/environment.ts'
import { ServiceReconciler, type ReconcilerOptions } from '../service-reconciler.ts'
import { loadPlugin } from './load-plugin.ts'
import { outputFormats, type OutputFormat } from './output.ts'
import { environmentOf, readSettings, type CommonFlags, type Settings } from './settings.ts'

export interface OneShot {
  readonly plugin: Plugin
  readonly service: Service
  readonly settings: Settings
  /** How long the verb may take, in ms. */
  readonly timeoutMs: number
  readonly reconciler: (options?: Partial<ReconcilerOptions>) => ServiceReconciler
}

/** Opens a service for a verb that ends. Touches no network. */
export async function openOneShot(name: string, flags: CommonFlags, timeout: string): Promise<OneShot> {
  const plugin = await loadPlugin(name, flags.plugin)
  const environment = environmentOf(flags)
  const settings = readSettings(environment)
  const timeoutMs = environment.duration('INFOMETIS_TIMEOUT', timeout)
  const service = plugin.open(environment)
  const reconciler = (options: Partial<ReconcilerOptions> = {}): ServiceReconciler =>
    new ServiceReconciler(service, {
      directory: settings.directory,
      owner: settings.owner,
      concurrency: settings.concurrency,
      cycleTimeoutMs: timeoutMs,
      ...options
    })
  return { plugin, service, settings, timeoutMs, reconciler }
}

/** The format asked for, refused in one place. */
export function formatOf(flags: CommonFlags): OutputFormat {
  const value = flags.output ?? 'text'
  return outputFormats.find((format) => format === value) ?? refuse('--output', value, `one of ${outputFormats.join(', ')}`, 'json')
}
