/**
 * ConfigMaps of the cluster the process runs in.
 * @module
 */
import type { ConfigSource } from '../read/source.ts'
import type { Clock } from '../time/clock.ts'
import { configMapsSource, type ConfigMapReference } from './config-maps.ts'
import { KubernetesConfigMaps } from './kubernetes-config-maps.ts'
import { openKubernetes } from './kubernetes.ts'
import { namespaceOfPod } from './namespace.ts'

/** Default the namespace of the pod. Touches no network. Throws VARIABLE_INVALID when there is no cluster to ask. */
export async function openConfigMaps(
  references: readonly ConfigMapReference[],
  namespace: string | undefined,
  clock: Clock
): Promise<{ readonly source: ConfigSource; readonly namespace: string }> {
  const configMaps = new KubernetesConfigMaps(
    await openKubernetes(),
    namespace ?? (await namespaceOfPod('the ConfigMaps'))
  )
  return {
    source: configMapsSource({ references, configMaps, clock, random: Math.random }),
    namespace: configMaps.namespace
  }
}
