/**
 * Which NiFi we talk to, and whether all of it is there.
 * @module
 */
import { z } from 'zod'
import type { Json } from '../../../src/plugin.ts'
import type { Link } from '../connection/link.ts'
import { checked } from '../connection/checked.ts'
import { bodyOf } from '../connection/refusal.ts'

export interface Server {
  /** e.g. `2.3.0`. */
  readonly version: string
  /** True without a cluster; false while a node is not connected: what is written then differs between nodes. */
  readonly isClusterWhole: boolean
  /** Nodes of the cluster that are connected, and all; 0 and 0 without a cluster. */
  readonly nodes: { readonly connected: number; readonly total: number }
}

const about = z.object({ about: z.object({ version: z.string() }) })
const cluster = z.object({
  clusterSummary: z.object({
    clustered: z.boolean().nullish(),
    connectedToCluster: z.boolean().nullish(),
    connectedNodeCount: z.number().nullish(),
    totalNodeCount: z.number().nullish()
  })
})

/** Two requests. Throws UNAVAILABLE for another service, NOT_PERMITTED where we may not even view the user interface. */
export async function askServer(link: Link, signal: AbortSignal): Promise<Server> {
  const read = async (path: string): Promise<Json> => bodyOf(await link.ask({ method: 'GET', path }, signal))
  const [first, second] = await Promise.all([read('/flow/about'), read('/flow/cluster/summary')])
  const { version } = checked(about, first, 'the version').about
  const { clustered, connectedToCluster, connectedNodeCount, totalNodeCount } = checked(
    cluster,
    second,
    'the summary of the cluster'
  ).clusterSummary
  const nodes = { connected: connectedNodeCount ?? 0, total: totalNodeCount ?? 0 }
  return {
    version,
    nodes,
    isClusterWhole: clustered !== true || (connectedToCluster === true && nodes.connected === nodes.total)
  }
}
