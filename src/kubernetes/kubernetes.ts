/**
 * The API server of the cluster the process runs in. The client library is loaded here, when somebody asks for the cluster,
 * and nowhere else: it costs half a second and 90 MB.
 * @module
 */
import type {
  ConfigurationOptions,
  CoordinationV1Api,
  CoreV1Api,
  EventsV1Api,
  RequestContext,
  Watch
} from '@kubernetes/client-node'
import { ReconcileError } from '../errors.ts'
import { loadPeer } from '../connect/peer.ts'

export interface Kubernetes {
  readonly coordination: CoordinationV1Api
  readonly core: CoreV1Api
  readonly events: EventsV1Api
  /** Ends for good at the first error. */
  readonly watch: Watch
  /** The library's own class for times with microseconds, without which the API refuses a lease. */
  readonly microTime: (ms: number) => Date
  /** What gives a call up when `signal` aborts; the library has no deadline of its own. */
  readonly until: (signal: AbortSignal) => ConfigurationOptions
  /** The same for a patch, which is then a JSON merge patch (RFC 7386). */
  readonly merging: (signal: AbortSignal) => ConfigurationOptions
  readonly server: URL
}

/** With the account of the pod, or as `KUBECONFIG` says. Touches no network. Throws VARIABLE_INVALID where there is neither. */
export async function openKubernetes(): Promise<Kubernetes> {
  const {
    CoordinationV1Api: Coordination,
    CoreV1Api: Core,
    EventsV1Api: Events,
    KubeConfig,
    Observable,
    V1MicroTime,
    Watch: ApiWatch
  } = await loadPeer('@kubernetes/client-node', () => import('./client.ts'))
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (error) {
    throw new ReconcileError(
      'VARIABLE_INVALID',
      `KUBECONFIG: expected a file that says how to reach the cluster, ${String(error)}`,
      { cause: error }
    )
  }
  const server = config.getCurrentCluster()?.server
  if (server === undefined)
    throw new ReconcileError(
      'VARIABLE_INVALID',
      'KUBECONFIG: expected a cluster, found none, and no account of a pod is mounted'
    )
  const passed = <T>(value: T) => new Observable(Promise.resolve(value))
  const each = (prepare: (context: RequestContext) => void): ConfigurationOptions => ({
    middleware: [{ pre: (context) => (prepare(context), passed(context)), post: passed }],
    middlewareMergeStrategy: 'append'
  })
  return {
    coordination: config.makeApiClient(Coordination),
    core: config.makeApiClient(Core),
    events: config.makeApiClient(Events),
    watch: new ApiWatch(config),
    microTime: (ms) => new V1MicroTime(ms),
    until: (signal) => each((context) => context.setSignal(signal)),
    merging: (signal) =>
      each((context) => {
        context.setSignal(signal)
        context.setHeaderParam('Content-Type', 'application/merge-patch+json')
      }),
    server: new URL(server)
  }
}
