/**
 * The declared configuration of the cluster, the live one, and what else must be known to judge them.
 * @module
 */
import { z } from 'zod'
import type { Entries } from '../config/effect.ts'
import { configSchema } from '../config/value.ts'

/** cluster.json. */
export const clusterSchema = z.strictObject({
  config: configSchema
    .optional()
    .describe('cluster-wide dynamic configuration: a value is enforced, null resets the key')
})

export type ClusterSpec = z.output<typeof clusterSchema>

export interface ClusterState {
  /** What is set for the whole cluster. */
  readonly own: Entries
  /** What each broker that answered says of the keys to judge, by id. */
  readonly brokers: ReadonlyMap<string, Entries>
  /** Keys nobody declared are reset, too: what they do together with the declared ones has to be judged. */
  readonly exact: boolean
}

export interface ClusterFacts {
  /** Declared keys no broker answered for. */
  readonly unknownKeys: ReadonlySet<string>
  /** Declared keys nobody was asked about. */
  readonly unaskedKeys: ReadonlySet<string>
  /** Brokers that gave no answer, by id, and why. */
  readonly silent: ReadonlyMap<string, string>
  /** Why this client cannot write here, if it cannot. */
  readonly cannotWrite: string | undefined
}
