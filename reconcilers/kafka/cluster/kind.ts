/**
 * The kind `cluster`: configuration that holds for every broker and can change while they run.
 * @module
 */
import type { Json, Kind } from '../../../src/plugin.ts'
import { misplacedInCluster } from '../config/mistakes.ts'
import { checkCluster } from './check.ts'
import { compareCluster, undeclaredClusterFields } from './compare.ts'
import { clusterSchema, type ClusterFacts, type ClusterSpec, type ClusterState } from './state.ts'

export const clusterKind: Kind<ClusterSpec, ClusterState, ClusterFacts> = {
  kind: 'cluster',
  file: 'cluster',
  singleton: 'default',
  schema: clusterSchema,
  usualMistakes: misplacedInCluster,
  // Topics inherit what is set here at any time and copy nothing when they are created, so they need nothing of it. A
  // topic that keeps a value of its own while the value of the cluster falls has to have it before.
  after: ['topic'],
  compare: compareCluster,
  undeclared: undeclaredClusterFields,
  check: checkCluster,
  describe: describeCluster
}

function describeCluster({ own }: ClusterState): Json {
  const set = [...own].flatMap(([key, { value }]): [string, Json][] => (value === null ? [] : [[key, value]]))
  return { config: Object.fromEntries(set.toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}
