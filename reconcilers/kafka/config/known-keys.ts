/**
 * Names of configuration keys, for "did you mean" and for warnings offline. The broker has the last word.
 * @module
 */

/** Topic configuration of Kafka 3.9 to 4.4 (https://kafka.apache.org/documentation/#topicconfigs). */
export const topicKeys: readonly string[] = [
  'cleanup.policy', 'compression.gzip.level', 'compression.lz4.level', 'compression.type', 'compression.zstd.level',
  'delete.retention.ms', 'errors.deadletterqueue.group.enable', 'file.delete.delay.ms', 'flush.messages', 'flush.ms',
  'follower.replication.throttled.replicas', 'index.interval.bytes', 'leader.replication.throttled.replicas',
  'local.retention.bytes', 'local.retention.ms', 'max.compaction.lag.ms', 'max.decompressed.message.bytes',
  'max.message.bytes', 'message.downconversion.enable', 'message.format.version', 'message.timestamp.after.max.ms',
  'message.timestamp.before.max.ms', 'message.timestamp.difference.max.ms', 'message.timestamp.type',
  'min.cleanable.dirty.ratio', 'min.compaction.lag.ms', 'min.insync.replicas', 'preallocate', 'remote.copy.lag.bytes',
  'remote.copy.lag.ms', 'remote.log.copy.disable', 'remote.log.delete.on.disable', 'remote.storage.enable',
  'retention.bytes', 'retention.ms', 'segment.bytes', 'segment.index.bytes', 'segment.jitter.ms', 'segment.ms',
  'unclean.leader.election.enable'
]

/**
 * Broker configuration that can be set for the whole cluster while it runs and that people do set
 * (https://kafka.apache.org/documentation/#dynamicbrokerconfigs, update mode `cluster-wide`).
 */
export const clusterKeys: readonly string[] = [
  'background.threads', 'compression.type', 'log.cleaner.backoff.ms', 'log.cleaner.dedupe.buffer.size',
  'log.cleaner.delete.retention.ms', 'log.cleaner.io.buffer.size', 'log.cleaner.io.max.bytes.per.second',
  'log.cleaner.max.compaction.lag.ms', 'log.cleaner.min.cleanable.ratio', 'log.cleaner.min.compaction.lag.ms',
  'log.cleaner.threads', 'log.cleanup.policy', 'log.flush.interval.messages', 'log.flush.interval.ms',
  'log.index.interval.bytes', 'log.index.size.max.bytes', 'log.local.retention.bytes', 'log.local.retention.ms',
  'log.message.timestamp.after.max.ms', 'log.message.timestamp.before.max.ms', 'log.message.timestamp.type',
  'log.preallocate', 'log.retention.bytes', 'log.retention.ms', 'log.roll.jitter.ms', 'log.roll.ms',
  'log.segment.bytes', 'log.segment.delete.delay.ms', 'max.connection.creation.rate', 'max.connections',
  'max.connections.per.ip', 'max.connections.per.ip.overrides', 'message.max.bytes', 'min.insync.replicas',
  'num.io.threads', 'num.network.threads', 'num.recovery.threads.per.data.dir', 'num.replica.fetchers',
  'producer.id.expiration.ms', 'remote.list.offsets.request.timeout.ms', 'remote.log.index.file.cache.total.size.bytes',
  'remote.log.manager.copy.max.bytes.per.second', 'remote.log.manager.fetch.max.bytes.per.second',
  'remote.log.reader.threads', 'transaction.partition.verification.enable', 'unclean.leader.election.enable'
]

/** Set and removed by tools that move replicas; fighting them would starve or flood a reassignment. Never touched. */
export const throttleKeys: ReadonlySet<string> = new Set(['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas'])
