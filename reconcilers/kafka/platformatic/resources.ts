/**
 * Configuration resources as the protocol numbers them, and the broker each has to be asked of.
 * @module
 */
import type { ConfigResource } from '../admin.ts'
import { chunks, resourcesPerRequest } from '../config-values.ts'
import type { Asking, Target } from './cluster.ts'
import { metadata } from './metadata.ts'

export const topicResource = 2
export const brokerResource = 4

/** `config_resource_type`; the cluster is the broker without a name. */
export function resourceType({ type }: ConfigResource): typeof topicResource | typeof brokerResource {
  return type === 'topic' ? topicResource : brokerResource
}

export interface Batch<R> {
  readonly target: Target
  readonly resources: readonly R[]
}

/** Resources packed into requests; `absent` are brokers that are not alive. Asks for metadata only to find a broker. */
export async function batch<R extends ConfigResource>(
  cluster: Asking,
  resources: readonly R[],
  signal: AbortSignal
): Promise<{ batches: readonly Batch<R>[]; absent: readonly R[] }> {
  const byTarget = Map.groupBy(resources, ({ type, name }): Target => (type === 'broker' ? Number(name) : 'any'))
  if ([...byTarget.keys()].some((target) => !cluster.knows(target))) await metadata(cluster, [], signal)
  const reachable = [...byTarget].filter(([target]) => cluster.knows(target))
  return {
    batches: reachable.flatMap(([target, items]) =>
      chunks(items, resourcesPerRequest).map((part) => ({ target, resources: part }))
    ),
    absent: [...byTarget].filter(([target]) => !cluster.knows(target)).flatMap(([, items]) => items)
  }
}
