/**
 * ConfigMaps of Kubernetes with what became of them as annotations. Needs the rights get and patch on each by its name.
 * @module
 */
import type { V1ConfigMap, V1ManagedFieldsEntry } from '@kubernetes/client-node'
import { ReconcileError } from '../errors.ts'
import type { Kubernetes } from './kubernetes.ts'
import type { ReportedMap, ReportedMaps } from './publication.ts'
import { clusterFailure, statusOf } from './refusal.ts'

/** The field manager of the annotations, by which health expressions tell our writes from those of others. */
export const reportManager = 'infometis'

export class KubernetesReports implements ReportedMaps {
  readonly #kubernetes: Kubernetes
  readonly #namespace: string

  constructor(kubernetes: Kubernetes, namespace: string) {
    this.#kubernetes = kubernetes
    this.#namespace = namespace
  }

  async read(name: string, signal: AbortSignal): Promise<ReportedMap | undefined> {
    try {
      return reportedMap(
        await this.#kubernetes.core.readNamespacedConfigMap(
          { namespace: this.#namespace, name },
          this.#kubernetes.until(signal)
        )
      )
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw clusterFailure(error, this.#kubernetes.server)
    }
  }

  async annotate(
    name: string,
    { version }: ReportedMap,
    annotations: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<ReportedMap> {
    const body = { metadata: { resourceVersion: version, annotations } }
    const at = { namespace: this.#namespace, name, fieldManager: reportManager, body }
    try {
      return reportedMap(await this.#kubernetes.core.patchNamespacedConfigMap(at, this.#kubernetes.merging(signal)))
    } catch (error) {
      throw clusterFailure(error, this.#kubernetes.server)
    }
  }
}

function reportedMap({ metadata, data, binaryData }: V1ConfigMap): ReportedMap {
  const version = metadata?.resourceVersion
  if (version === undefined) throw new ReconcileError('UNAVAILABLE', 'expected a ConfigMap with a version, found none')
  const entries = metadata?.managedFields ?? []
  return {
    version,
    content: { data, binaryData },
    annotations: metadata?.annotations ?? {},
    ownAt: newest(entries.filter(({ manager }) => manager === reportManager)),
    othersAt: newest(entries.filter(({ manager }) => manager !== reportManager))
  }
}

function newest(entries: readonly V1ManagedFieldsEntry[]): number {
  return Math.max(0, ...entries.map(({ time }) => time?.getTime() ?? 0))
}
