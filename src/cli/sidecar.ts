/**
 * The sidecar: reconciles until it is told to stop. Containers run nothing else.
 * @module
 */
import type { TermSignals } from '../cluster/term.ts'
import type { Plugin, Service } from '../contract.ts'
import type { ConfigSource } from '../read/source.ts'
import type { LogLine } from '../report/line.ts'
import { logObserver, openLog } from '../report/log.ts'
import { observers, silentObserver, type Observer } from '../report/observer.ts'
import { systemClock } from '../run/clock.ts'
import type { Environment } from '../run/environment.ts'
import { formatDuration } from '../run/duration.ts'
import { ServiceReconciler } from '../service-reconciler.ts'
import { openConfigSource } from './config-source.ts'
import { hasColors } from './paint.ts'
import { progressObserver } from './progress.ts'
import { openReport } from './reporting.ts'
import { readSettings, type Settings } from './settings.ts'
import { readVersion } from './version.ts'

/** Runs until SIGTERM or SIGINT. Exit code 0 when the work under way was finished, 1 when it was cut off. */
export async function runSidecar(plugin: Plugin, environment: Environment): Promise<number> {
  const settings = readSettings(environment)
  const format = settings.logFormat === 'auto' ? (process.stdout.isTTY ? 'text' : 'json') : settings.logFormat
  const log = openLog({ level: settings.logLevel, format, stream: process.stdout, colors: hasColors(process.stdout) })
  // A bad variable stops the start, also of a replica that only stands by.
  let opened: Service | undefined = plugin.open(environment)
  const { source, title } = await openConfigSource(settings)
  log('info', `${plugin.name} reconciler ${await readVersion()} watches ${title}, looks every ${formatDuration(settings.intervalMs)}`)
  const report = await openReport(settings.reporting, log)
  const stop = stopOnSignals(settings, log)
  const http = await openInterface(plugin, settings, log)
  const observer = observers(progressObserver(process.stdout, log), logObserver(log), http.observer, report.observer)
  const reconcile = async ({ stopping, lost, check }: TermSignals): Promise<void> => {
    const service = opened ?? plugin.open(environment)
    opened = undefined
    await reconcilerOf(service, settings, { source, observer, beforeWrite: check }).run(settings.intervalMs, stopping, lost)
  }
  try {
    await leadOrFollow(settings, observer, reconcile, stop.stopping)
  } finally {
    await report.close()
    stop.dispose()
    await http.close()
  }
  log('info', `${plugin.name} reconciler stopped`)
  return 0
}

function reconcilerOf(service: Service, settings: Settings, ports: { readonly source: ConfigSource; readonly observer: Observer; readonly beforeWrite: () => void }): ServiceReconciler {
  const { owner, concurrency, cycleTimeoutMs, fullReadIntervalMs } = settings
  return new ServiceReconciler(service, { ...ports, owner, concurrency, cycleTimeoutMs, fullReadIntervalMs })
}

/** Reconciles while this replica leads; at once and always where none is elected, and then nothing of the cluster is loaded. */
async function leadOrFollow({ lease, namespace }: Settings, observer: Observer, lead: (term: TermSignals) => Promise<void>, stopping: AbortSignal): Promise<void> {
  if (lease === undefined) return lead({ stopping, lost: new AbortController().signal, check: () => undefined })
  const { standForElection } = await import('../cluster/leadership.ts')
  return standForElection({ lease, namespace, observer, lead }, stopping)
}

/** Probes and metrics, unless they are switched off: then nothing of them is loaded. */
async function openInterface({ name, kinds }: Plugin, settings: Settings, log: LogLine): Promise<{ readonly observer: Observer; close(): Promise<void> }> {
  const { httpPort: port, intervalMs, cycleTimeoutMs } = settings
  if (port === undefined) return { observer: silentObserver, close: () => Promise.resolve() }
  const { openHttpInterface } = await import('../http/interface.ts')
  const http = await openHttpInterface({ service: name, kinds: kinds.map(({ kind }) => kind), port, intervalMs, cycleTimeoutMs, clock: systemClock })
  log('info', `probes and metrics on port ${http.port}`)
  return http
}

/** The first signal stops after the work under way; the second one, or the end of the grace period, at once. */
function stopOnSignals({ shutdownGraceMs }: Settings, log: LogLine): { readonly stopping: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  let grace: NodeJS.Timeout | undefined
  const end = (why: string): void => {
    log('error', `stopped at once: ${why}`)
    process.exitCode = 1
    process.exit()
  }
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) return end(`second signal (${name})`)
    log('info', `${name}: finishing the work under way`)
    grace = setTimeout(() => end(`the work under way took longer than ${formatDuration(shutdownGraceMs)}`), shutdownGraceMs)
    return controller.abort()
  }
  const signals = ['SIGTERM', 'SIGINT'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    stopping: controller.signal,
    dispose: () => {
      clearTimeout(grace)
      for (const name of signals) process.off(name, onSignal)
    }
  }
}
