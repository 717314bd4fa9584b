/**
 * The Kafka reconciler: topics and cluster-wide configuration.
 * @module
 */
import type { Plugin, Service } from '../../src/plugin.ts'
import type { KafkaAdmin } from './admin.ts'
import { clusterKind, clusterResource } from './cluster/index.ts'
import { readConnectionSettings } from './connection.ts'
import { openAdmin } from './open-admin.ts'
import { topicKind, topicResource } from './topic/index.ts'

const name = 'kafka'

/** The plugin the command line loads for `kafka`. */
export const plugin: Plugin = {
  name,
  kinds: [topicKind, clusterKind],
  open: (environment) => kafkaService(openAdmin(readConnectionSettings(environment)))
}

/** The service behind a connection. `identity` costs no request of its own in a cycle that has read topics. */
export function kafkaService(admin: KafkaAdmin): Service {
  let seen: string | undefined
  const noteCluster = (id: string): void => {
    seen = id
  }
  return {
    name,
    resources: [topicResource(admin, noteCluster), clusterResource(admin)],
    identity: async (signal) => {
      const id = seen ?? (await admin.metadata([], signal)).clusterId
      seen = undefined
      return id
    },
    close: () => admin.close()
  }
}
