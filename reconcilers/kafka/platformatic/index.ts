/**
 * The default adapter, on @platformatic/kafka: incremental configuration changes, and per item what the broker says.
 * @module
 */
import type {
  Answer,
  ClusterMetadata,
  ConfigAlteration,
  ConfigAnswer,
  ConfigQuery,
  KafkaAdmin,
  NewTopic,
  Reassignment
} from '../admin.ts'
import type { ConnectionSettings } from '../connection.ts'
import { alterConfigs } from './alter-configs.ts'
import { type Asking, Cluster } from './cluster.ts'
import { createPartitions } from './create-partitions.ts'
import { createTopics } from './create-topics.ts'
import { describeConfigs } from './describe-configs.ts'
import { metadata } from './metadata.ts'
import { reassignments } from './reassignments.ts'

export class PlatformaticAdmin implements KafkaAdmin {
  /** Nothing: this client can do all the port asks for. */
  readonly missing: KafkaAdmin['missing'] = new Map()
  readonly #cluster: Cluster
  readonly #reading: Asking
  readonly #writing: Asking

  /** Touches no network and loads no library; the first call does. */
  constructor(settings: ConnectionSettings) {
    this.#cluster = new Cluster(settings)
    this.#reading = this.#cluster.for('reading')
    this.#writing = this.#cluster.for('writing')
  }

  metadata(topics: readonly string[] | 'all', signal: AbortSignal): Promise<ClusterMetadata> {
    return metadata(this.#reading, topics, signal)
  }

  reassignments(
    topics: readonly string[],
    signal: AbortSignal
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, Reassignment>>> {
    return reassignments(this.#reading, topics, signal)
  }

  describeConfigs(
    queries: readonly ConfigQuery[],
    options: { readonly synonyms: boolean },
    signal: AbortSignal
  ): Promise<readonly ConfigAnswer[]> {
    return describeConfigs(this.#reading, queries, options, signal)
  }

  createTopics(topics: readonly NewTopic[], signal: AbortSignal): Promise<readonly Answer[]> {
    return createTopics(this.#writing, topics, signal)
  }

  createPartitions(
    increases: readonly { readonly name: string; readonly count: number }[],
    signal: AbortSignal
  ): Promise<readonly Answer[]> {
    return createPartitions(this.#writing, increases, signal)
  }

  alterConfigs(alterations: readonly ConfigAlteration[], signal: AbortSignal): Promise<readonly Answer[]> {
    return alterConfigs(this.#writing, alterations, signal)
  }

  close(): Promise<void> {
    this.#cluster.close()
    return Promise.resolve()
  }
}
