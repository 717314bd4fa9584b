/**
 * What this reconciler asks of a Kafka cluster, in the words of the protocol. Two adapters fulfil it:
 * `platformatic/` (the default) and `kafkajs/`. Both pass the same tests on a real broker.
 * @module
 */
import type { ReconcileError } from '../../src/plugin.ts'

/**
 * An error code of the protocol with the broker's own text (https://kafka.apache.org/protocol#protocol_error_codes),
 * or one of `adapterErrors` for what an adapter would not send.
 */
export interface BrokerError {
  readonly code: number
  /** e.g. `TOPIC_ALREADY_EXISTS`; `UNKNOWN_<code>` for a code newer than our table. */
  readonly name: string
  /** The broker's text, or the name when it gave none (kafkajs drops the broker's text). */
  readonly message: string
  /** Earliest useful next try in ms, when the broker throttled the request. */
  readonly retryAfterMs?: number
}

/** One item of a batch: done, unless it has an `error` or is `unanswered`. Matched by name, never by order. */
export interface Answer {
  readonly name: string
  readonly error?: BrokerError
  /** Why no request about this item was answered, where another request of the same call was. */
  readonly unanswered?: ReconcileError
}

export interface TopicMetadata {
  readonly name: string
  readonly internal: boolean
  readonly partitions: number
  /**
   * Assigned replicas of the partition that has fewest, never the in-sync ones. While a partition is being moved its
   * old and new replicas count both: see `reassignments`. 0 beside an `error`.
   */
  readonly replicationFactor: number
  /** Assigned replicas of each partition, by partition number; absent where all have `replicationFactor`. */
  readonly replicaCounts?: readonly number[]
  /**
   * Set when the broker refused to describe this topic (29), or does not know it (3). A partition without a leader is
   * no error of its topic.
   */
  readonly error?: BrokerError
}

/** A partition on the move: its future replicas are the assigned ones minus `removing`. */
export interface Reassignment {
  readonly adding: readonly number[]
  readonly removing: readonly number[]
}

export interface ClusterMetadata {
  readonly clusterId: string
  /** Brokers that are alive now. */
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[]
  readonly controllerId: number
  readonly topics: readonly TopicMetadata[]
}

/** Where a value comes from: DescribeConfigs `config_source`. Only `topic` and `cluster` are written by us. */
export type ConfigSource = 'topic' | 'broker' | 'cluster' | 'static' | 'default' | 'other'

export interface ConfigEntry {
  readonly name: string
  /** null: not set, or sensitive. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly sensitive: boolean
  readonly readOnly: boolean
  /** Protocol `config_type`: 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password; 0 unknown. */
  readonly type: number
  /**
   * Where the value would come from otherwise, nearest first, this entry included. Empty unless asked for. Brokers leave
   * out the last link of `retention.ms` and `segment.ms` when it is Kafka's own default (`log.retention.hours` 168,
   * `log.roll.hours` 168: 604800000 ms); measured on 3.9.2 and 4.4.0.
   */
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[]
}

/** `cluster` is the cluster-wide dynamic default (resource BROKER with an empty name), `broker` one node by id. */
export interface ConfigResource {
  readonly type: 'topic' | 'cluster' | 'broker'
  /** Topic name, broker id as text, or `''` for the cluster. */
  readonly name: string
}

export interface ConfigQuery extends ConfigResource {
  /**
   * `all` costs six times the bytes of a few named keys. A key that is asked for and not answered is unknown to that
   * topic or broker; the `cluster` answers only keys that are set there, known or not.
   */
  readonly keys: readonly string[] | 'all'
}

export interface ConfigAnswer extends ConfigResource {
  readonly entries: readonly ConfigEntry[]
  readonly error?: BrokerError
}

export interface NewTopic {
  readonly name: string
  /** -1: the broker's default. */
  readonly partitions: number
  /** -1: the broker's default. */
  readonly replicationFactor: number
  readonly config: Readonly<Record<string, string>>
}

export interface ConfigAlteration extends ConfigResource {
  readonly set: Readonly<Record<string, string>>
  readonly remove: readonly string[]
}

/** Resource types whose configuration an adapter may not be able to write. */
export type Capability = 'cluster-config'

/**
 * Calls that read share one connection; each request that writes has one of its own, so that neither a reading nor
 * another write waits for a write that takes its time.
 *
 * Every method sends at most one request per 1,000 resources (kafkajs adds its own metadata requests, and needs more for
 * what fails), honours `signal`, and throws a ReconcileError (UNREACHABLE, TIMEOUT, AUTHENTICATION, CERTIFICATE,
 * UNAVAILABLE, UNSUPPORTED) when there is no answer at all. What the broker says of one item is that item's `error`,
 * and every item asked for is answered. No method retries by itself. A resource may be named once in a call. A method
 * that reads with several requests throws at the first that is not answered. One that writes throws when its first
 * request is not; when a later one is not, it gives the answers it has, and the other items are `unanswered`.
 */
export interface KafkaAdmin {
  /** Capability → reason, for what this client cannot do safely; the plan holds such changes with that reason. */
  readonly missing: ReadonlyMap<Capability, string>
  /** All topics, or those named. Never creates a topic by asking. Never writes. */
  metadata(topics: readonly string[] | 'all', signal: AbortSignal): Promise<ClusterMetadata>
  /**
   * Partitions of these topics that are being moved right now, by topic and partition number; others are absent. One
   * request, worth sending only when a replication factor differs. Throws NOT_PERMITTED without the right to describe
   * the cluster. Never writes.
   */
  reassignments(
    topics: readonly string[],
    signal: AbortSignal
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, Reassignment>>>
  /** Never writes. `synonyms` asks for the chain of inheritance, at a price in bytes. */
  describeConfigs(
    queries: readonly ConfigQuery[],
    options: { readonly synonyms: boolean },
    signal: AbortSignal
  ): Promise<readonly ConfigAnswer[]>
  /** Creates topics in one request; good ones are created beside bad ones. */
  createTopics(topics: readonly NewTopic[], signal: AbortSignal): Promise<readonly Answer[]>
  /** Raises partition counts to `count`; never lowers them. */
  createPartitions(
    increases: readonly { readonly name: string; readonly count: number }[],
    signal: AbortSignal
  ): Promise<readonly Answer[]>
  /** Sets and removes the named keys and no other. Answers by resource name. */
  alterConfigs(alterations: readonly ConfigAlteration[], signal: AbortSignal): Promise<readonly Answer[]>
  /** Ends all connections; a later call connects again, with credentials read again. */
  close(): Promise<void>
}
