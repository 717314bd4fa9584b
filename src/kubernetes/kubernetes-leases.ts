/**
 * A lease of Kubernetes (coordination.k8s.io/v1). Needs the rights get, create and update on leases.
 * @module
 */
import type { V1Lease } from '@kubernetes/client-node'
import { ReconcileError, type ErrorCode } from '../errors.ts'
import type { Claim, Lease, Leases } from './lease.ts'
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
      throw this.#failure(error)
    }
  }

  async create(claim: Claim, signal: AbortSignal): Promise<Lease> {
    const { namespace } = this.#at
    try {
      const body = this.#body(claim)
      return leaseOf(
        await this.#kubernetes.coordination.createNamespacedLease({ namespace, body }, this.#kubernetes.until(signal))
      )
    } catch (error) {
      // A read says the same of a lease and of a namespace that is not there.
      if (statusOf(error) === 404)
        throw new ReconcileError(
          'VARIABLE_INVALID',
          `POD_NAMESPACE: expected a namespace that exists, found "${namespace}"`,
          { cause: error }
        )
      throw this.#failure(error)
    }
  }

  async replace({ version }: Lease, claim: Claim, signal: AbortSignal): Promise<Lease> {
    try {
      const body = this.#body(claim, version)
      return leaseOf(
        await this.#kubernetes.coordination.replaceNamespacedLease(
          { ...this.#at, body },
          this.#kubernetes.until(signal)
        )
      )
    } catch (error) {
      throw this.#failure(error)
    }
  }

  #failure(error: unknown): ReconcileError {
    const failure = clusterFailure(error, this.#kubernetes.server)
    const advice = adviceOn[failure.code]
    return advice === undefined
      ? failure
      : new ReconcileError(failure.code, `${failure.message}; ${advice}`, { cause: error })
  }

  /** A PUT of a lease that was deleted creates it, unless it names the one that is meant. */
  #body({ holder, transitions, durationMs, acquiredAt, renewedAt }: Claim, version?: string): V1Lease {
    const { microTime } = this.#kubernetes
    const [uid, resourceVersion] = version?.split(' ') ?? []
    return {
      metadata: { ...this.#at, ...(uid !== undefined && resourceVersion !== undefined && { uid, resourceVersion }) },
      spec: {
        holderIdentity: holder,
        leaseTransitions: transitions,
        ...(durationMs !== undefined && { leaseDurationSeconds: Math.ceil(durationMs / 1_000) }),
        acquireTime: microTime(acquiredAt),
        renewTime: microTime(renewedAt)
      }
    }
  }
}

const adviceOn: Partial<Record<ErrorCode, string>> = {
  NOT_PERMITTED: 'get, update and create of leases are needed, as the Role of manifests/components/lease grants them',
  AUTHENTICATION: "the token of the pod's account is needed (automountServiceAccountToken: true)"
}

function leaseOf({ metadata, spec }: V1Lease): Lease {
  const { uid, resourceVersion } = metadata ?? {}
  if (uid === undefined || resourceVersion === undefined)
    throw new ReconcileError('UNAVAILABLE', 'expected a lease with a version, found none')
  const { holderIdentity: holder = '', leaseTransitions: transitions = 0, leaseDurationSeconds: seconds } = spec ?? {}
  return {
    holder,
    version: `${uid} ${resourceVersion}`,
    transitions,
    durationMs: seconds === undefined ? undefined : seconds * 1_000
  }
}
