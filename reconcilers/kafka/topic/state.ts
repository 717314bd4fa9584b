/**
 * A declared topic, a live topic, and what else must be known to judge them.
 * @module
 */
import { z } from 'zod'
import type { ConfigEntry } from '../admin.ts'
import { configSchema } from '../config/value.ts'

/** One item of topics.json. */
export const topicSchema = z.strictObject({
  partitions: z
    .int()
    .min(-1)
    .max(2_147_483_647)
    .refine((count) => count !== 0, { error: 'an integer of at least 1, or -1 for the default of the broker' })
    .optional()
    .describe('number of partitions; -1 or absent: the default of the broker on create, not compared afterwards'),
  'replication-factor': z
    .int()
    .min(-1)
    .max(32_767)
    .refine((count) => count !== 0, { error: 'an integer of at least 1, or -1 for the default of the broker' })
    .optional()
    .describe('copies of each partition; -1 or absent: the default of the broker on create, not compared afterwards'),
  config: configSchema.optional().describe('a value is enforced, null resets the key, what is absent is left alone')
})

export type TopicSpec = z.output<typeof topicSchema>

export interface TopicState {
  readonly partitions: number
  /** Copies once the current reassignment is over. */
  readonly replicationFactor: number
  /** Declared keys, those the topic itself carries as far as they were asked for, and keys that decide with them. */
  readonly config: ReadonlyMap<string, ConfigEntry>
  /** All keys were asked for. */
  readonly complete: boolean
  /** Keys nobody declared are reset, too: what they do together with the declared ones has to be judged. */
  readonly exact: boolean
}

/** What a broker gives a topic that declares nothing; undefined where it was not asked, or does not say. */
export interface TopicDefaults {
  readonly replicationFactor: number | undefined
  readonly minInsyncReplicas: number | undefined
}

export interface TopicFacts {
  readonly liveBrokers: number
  /** Keys that were declared and that no broker answered for. */
  readonly unknownKeys: ReadonlySet<string>
  /** Declared keys nobody could be asked about: brokers show the keys of topics that exist. */
  readonly unaskedKeys: ReadonlySet<string>
  readonly defaults: TopicDefaults
  /** Declared topics that were looked for and do not exist; in a pass over keys those that it is about. */
  readonly missing: ReadonlySet<string>
  /**
   * Names of live topics, to find collisions. In a pass over keys only of those that it is about: a broker refuses to
   * create a topic that collides with another (INVALID_TOPIC_EXCEPTION), and the next reading of everything says so.
   */
  readonly names: ReadonlySet<string>
}

/** The declared count, undefined for -1 and absent: the default of the broker. */
export function declaredCount(count: number | undefined): number | undefined {
  return count === -1 ? undefined : count
}

/** Broker default or declared, as CreateTopics takes it. */
export function requestedCount(count: number | undefined): number {
  return count ?? -1
}
