/**
 * A lease of Kubernetes (coordination.k8s.io/v1). Needs the rights get, create and update on leases.
 * @module
 */
import type { V1Lease } from '@kubernetes/client-node'
import { ReconcileError } from '../errors.ts'
import type { Claim, Lease, Leases } from './election.ts'
import type { Kubernetes } from './kubernetes.ts'
import { clusterFailure, statusOf } from './refusal.ts'

export class KubernetesLeases implements Leases {
  readonly #kubernetes: Kubernetes
  readonly #at: { readonly namespace: string; readonly name: string }

  constructor(kubernetes: Kubernetes, at: { readonly namespace: string; readonly name: string }) {
    this.#kubernetes = kubernetes
    this.#at = at
  }

  async read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return leaseOf(await this.#kubernetes.coordination.readNamespacedLease(this.#at, this.#kubernetes.until(signal)))
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw clusterFailure(error, this.#kubernetes.server)
    }
  }

  create(claim: Claim, signal: AbortSignal): Promise<Lease> {
    const { namespace } = this.#at
    return this.#write(() => this.#kubernetes.coordination.createNamespacedLease({ namespace, body: this.#body(claim) }, this.#kubernetes.until(signal)))
  }

  replace({ version }: Lease, claim: Claim, signal: AbortSignal): Promise<Lease> {
    return this.#write(() => this.#kubernetes.coordination.replaceNamespacedLease({ ...this.#at, body: this.#body(claim, version) }, this.#kubernetes.until(signal)))
  }

  async #write(write: () => Promise<V1Lease>): Promise<Lease> {
    try {
      return leaseOf(await write())
    } catch (error) {
      throw clusterFailure(error, this.#kubernetes.server)
    }
  }

  #body({ holder, transitions, durationMs, acquiredAt, renewedAt }: Claim, resourceVersion?: string): V1Lease {
    const { microTime } = this.#kubernetes
    return {
      metadata: { ...this.#at, ...(resourceVersion !== undefined && { resourceVersion }) },
      spec: {
        holderIdentity: holder,
        leaseTransitions: transitions,
        leaseDurationSeconds: Math.ceil(durationMs / 1_000),
        acquireTime: microTime(acquiredAt),
        renewTime: microTime(renewedAt)
      }
    }
  }
}

/** One without a duration was made by hand: nobody holds it. */
function leaseOf({ metadata, spec }: V1Lease): Lease {
  const version = metadata?.resourceVersion
  if (version === undefined) throw new ReconcileError('UNAVAILABLE', 'expected a lease with a version, found none')
  return { holder: spec?.holderIdentity ?? '', version, transitions: spec?.leaseTransitions ?? 0, durationMs: (spec?.leaseDurationSeconds ?? 0) * 1_000 }
}
