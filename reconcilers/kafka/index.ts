/**
 * The Kafka reconciler: topics and cluster-wide configuration.
 * @module
 */
import type { Plugin, Service } from '../../src/plugin.ts'
import type { KafkaAdmin } from './admin.ts'
import { clusterKind, clusterResource } from './cluster/index.ts'
import { readConnectionSettings } from './connection.ts'
import { readNodes } from './nodes.ts'
import { openAdmin } from './open-admin.ts'
import { topicKind, topicResource } from './topic/index.ts'

const name = 'kafka'

/** The plugin the command line loads for `kafka`. */
export const plugin: Plugin = {
  name,
  kinds: [topicKind, clusterKind],
  open: (environment) => kafkaService(openAdmin(readConnectionSettings(environment)))
}

/** The service behind a connection. `identity` costs no request of its own in a pass that reads topics. */
export function kafkaService(admin: KafkaAdmin): Service {
  return {
    name,
    resources: [topicResource(admin), clusterResource(admin)],
    identity: async (cycle) => (await readNodes(admin, cycle)).clusterId,
    close: () => admin.close()
  }
}
