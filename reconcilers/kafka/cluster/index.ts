/**
 * Cluster-wide dynamic configuration of Kafka.
 * @module
 */
import type { ItemResult, Resource, Update } from '../../../src/plugin.ts'
import type { KafkaAdmin } from '../admin.ts'
import { toItemResult } from '../broker-errors.ts'
import { configWrites } from '../config/write.ts'
import { clusterKind } from './kind.ts'
import { observeCluster } from './observe.ts'
import type { ClusterFacts, ClusterSpec, ClusterState } from './state.ts'

export { clusterKind } from './kind.ts'

/** The one item `default`. It always exists, so it is only ever updated. */
export function clusterResource(admin: KafkaAdmin): Resource<ClusterSpec, ClusterState, ClusterFacts> {
  return {
    ...clusterKind,
    // One item: it is read in the same requests, whatever the pass is about.
    scoped: true,
    observe: (desired, cycle) => observeCluster(admin, desired, cycle),
    update: (items, { signal }) => updateCluster(admin, items, signal)
  }
}

/** Throws when the broker gives no answer: there is one item. */
async function updateCluster(
  admin: KafkaAdmin,
  items: readonly Update<ClusterSpec, ClusterState>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  const results: ItemResult[] = []
  for (const { desired, fields } of items) {
    const answers = await admin.alterConfigs([{ type: 'cluster', name: '', ...configWrites(fields) }], signal)
    results.push(...answers.map((answer) => toItemResult({ ...answer, name: desired.name })))
  }
  return results
}
