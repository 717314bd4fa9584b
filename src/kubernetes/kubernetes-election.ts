/**
 * One leader of several replicas, elected over a Lease in the namespace of the pod.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Observer } from '../report/observer.ts'
import { steadyClock } from '../time/clock.ts'
import { runElection } from './election.ts'
import { KubernetesLeases } from './kubernetes-leases.ts'
import { openKubernetes } from './kubernetes.ts'
import type { Lead } from './leadership.ts'
import { namespaceOfPod } from './namespace.ts'

export interface KubernetesElectionOptions {
  /** Name of the Lease. */
  readonly lease: string
  /** Default the namespace of the pod. */
  readonly namespace: string | undefined
  readonly observer: Observer
  readonly lead: Lead
}

/** Takes part in the election until `stopping` aborts. Throws VARIABLE_INVALID when there is no cluster to ask. */
export async function runKubernetesElection(
  { lease, namespace, observer, lead }: KubernetesElectionOptions,
  stopping: AbortSignal
): Promise<void> {
  const at = { namespace: namespace ?? (await namespaceOfPod('the Lease')), name: lease }
  const leases = new KubernetesLeases(await openKubernetes(), at)
  await runElection(
    {
      identity: `${hostname()}_${randomUUID().slice(0, 8)}`,
      leases,
      clock: steadyClock,
      lead,
      onEvent: (event) => observer.leadership(event)
    },
    stopping
  )
}
