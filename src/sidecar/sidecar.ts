/**
 * The sidecar: reconciles until it is told to stop. Containers run nothing else.
 * @module
 */
import type { Lead } from '../kubernetes/leadership.ts'
import type { Plugin, Service } from '../contract.ts'
import type { LogLine } from '../report/line.ts'
import { logObserver, openLog } from '../report/log.ts'
import { observers, silentObserver, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import type { Environment } from '../connect/environment.ts'
import { formatDuration } from '../time/duration.ts'
import { ServiceReconciler, type ReconcilerOptions } from '../reconciler/service-reconciler.ts'
import { openConfigSource } from './config-source.ts'
import type { Host, StopSignal } from './host.ts'
import { hasColors } from '../report/paint.ts'
import { progressObserver } from './progress.ts'
import { openReport } from './reporting.ts'
import { readSettings, type Settings } from './settings.ts'
import { readVersion } from './version.ts'

/**
 * Runs until SIGTERM or SIGINT. Exit code 0 when all work has finished; where it takes too long, the host exits
 * with 1. Throws VARIABLE_INVALID when it cannot start, and then leaves nothing behind.
 */
export async function runSidecar(plugin: Plugin, environment: Environment, host: Host): Promise<number> {
  const { stdout, clock } = host
  const settings = readSettings(environment)
  const log = openSidecarLog(settings, host)
  // A bad variable stops the start, also of a replica that only stands by.
  let unused: Service | undefined = plugin.open(environment)
  // Closed in the reverse order: a second signal ends what is being closed.
  const opened = new AsyncDisposableStack()
  try {
    opened.defer(() => unused?.close())
    const { source, title } = await openConfigSource(settings, clock)
    const interval = formatDuration(settings.intervalMs)
    log('info', `${plugin.name} reconciler ${await readVersion()} watching ${title}, reconciling every ${interval}`)
    const http = opened.adopt(await openInterface(plugin, settings, clock, log), (each) => each.close())
    const stop = opened.adopt(stopOnSignals(settings, log, host), (each) => each.dispose())
    const report = opened.adopt(await openReport(settings.reporting, clock, log), (each) => each.close())
    const observer = observers(
      progressObserver(stdout, log, () => clock.now()),
      logObserver(log),
      http.observer,
      report.observer
    )
    const reconcile: Lead = async ({ stopping, lost, check }) => {
      const service = unused ?? plugin.open(environment)
      unused = undefined
      await reconcilerOf(service, settings, {
        source,
        observer,
        clock,
        beforeWrite: check
      }).run(settings.intervalMs, stopping, lost)
    }
    await leadOrFollow(settings, observer, reconcile, stop.stopping)
  } finally {
    await opened.disposeAsync()
  }
  log('info', `${plugin.name} reconciler stopped`)
  return 0
}

function openSidecarLog({ logLevel: level, logFormat }: Settings, { stdout, variables }: Host): LogLine {
  const format = logFormat === 'auto' ? (stdout.isTTY === true ? 'text' : 'json') : logFormat
  return openLog({ level, format, stream: stdout, colors: hasColors(stdout, variables) })
}

type Ports = Required<Pick<ReconcilerOptions, 'source' | 'observer' | 'clock' | 'beforeWrite'>>

function reconcilerOf(service: Service, settings: Settings, ports: Ports): ServiceReconciler {
  const { owner, concurrency, maxChangesPerSecond, cycleTimeoutMs, fullReadIntervalMs } = settings
  const ledger = { maxAttempts: settings.maxAttempts, deadAfterMs: settings.deadAfterMs }
  const limits = { concurrency, maxChangesPerSecond, cycleTimeoutMs, fullReadIntervalMs }
  return new ServiceReconciler(service, { ...ports, ...limits, owner, ledger })
}

/** Reconciles while this replica leads; at once and always where none is elected, and then nothing of the cluster is loaded. */
async function leadOrFollow(
  { lease, namespace }: Settings,
  observer: Observer,
  lead: Lead,
  stopping: AbortSignal
): Promise<void> {
  if (lease === undefined) return lead({ stopping, lost: new AbortController().signal, check: () => undefined })
  const { runKubernetesElection } = await import('../kubernetes/kubernetes-election.ts')
  return runKubernetesElection({ lease, namespace, observer, lead }, stopping)
}

/** Probes and metrics, unless they are switched off: then nothing of them is loaded. */
async function openInterface(
  { name, kinds }: Plugin,
  settings: Settings,
  clock: Clock,
  log: LogLine
): Promise<{ readonly observer: Observer; close(): Promise<void> }> {
  const { httpPort: port, intervalMs, cycleTimeoutMs } = settings
  if (port === undefined) return { observer: silentObserver, close: () => Promise.resolve() }
  const { openHttpInterface } = await import('../http/interface.ts')
  const http = await openHttpInterface({
    service: name,
    kinds: kinds.map(({ kind }) => kind),
    port,
    intervalMs,
    cycleTimeoutMs,
    clock
  })
  log('info', `probes and metrics on port ${http.port}`)
  return http
}

/** The first signal stops after the work in flight; the second one, or the end of the grace period, at once. */
function stopOnSignals(
  { shutdownGraceMs }: Settings,
  log: LogLine,
  host: Host
): { readonly stopping: AbortSignal; dispose(): void } {
  const [stopping, stopped] = [new AbortController(), new AbortController()]
  const end = (why: string): void => {
    log('error', `stopped at once: ${why}`)
    host.exit(1)
  }
  const grace = async (): Promise<void> => {
    await host.clock.sleep(shutdownGraceMs, stopped.signal)
    if (!stopped.signal.aborted) end(`in-flight work took longer than ${formatDuration(shutdownGraceMs)}`)
  }
  const onSignal = (name: StopSignal): void => {
    if (stopping.signal.aborted) return end(`second signal (${name})`)
    log('info', `${name}: finishing in-flight work`)
    void grace()
    return stopping.abort()
  }
  const ignore = host.onStopSignal(onSignal)
  return {
    stopping: stopping.signal,
    dispose: () => {
      stopped.abort()
      ignore()
    }
  }
}
