/**
 * Which cluster this is, and which of its brokers are alive: every answer about topics says it, so that a pass that
 * reads topics asks nobody else. Never writes.
 * @module
 */
import type { Cycle } from '../../src/plugin.ts'
import type { ClusterMetadata, KafkaAdmin } from './admin.ts'

/** A cluster without its topics. */
export type Nodes = Pick<ClusterMetadata, 'clusterId' | 'brokers'>

const reading = 'nodes'

/** From the reading of topics in this pass, else by a request that names no topic. */
export function readNodes(admin: KafkaAdmin, cycle: Cycle): Promise<Nodes> {
  return cycle.once(reading, async () => nodesOf(await admin.metadata([], cycle.signal)))
}

/** All topics or those named, and for the rest of the pass the nodes that come with them. */
export async function readTopics(
  admin: KafkaAdmin,
  cycle: Cycle,
  topics: readonly string[] | 'all'
): Promise<ClusterMetadata> {
  const asked = admin.metadata(topics, cycle.signal)
  // Noted before it is answered, so that whoever asks meanwhile waits for it. Why it failed is told here.
  cycle.once(reading, async () => nodesOf(await asked)).catch(() => undefined)
  return asked
}

function nodesOf({ clusterId, brokers }: ClusterMetadata): Nodes {
  return { clusterId, brokers }
}
