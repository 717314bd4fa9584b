/**
 * Topic keys that decide how long records stay, and where. All from 3.9 to 4.4
 * (https://kafka.apache.org/documentation/#topicconfigs); ranges are the widest of these versions.
 * @module
 */
import { boolean, long, type ValueType } from '../types.ts'
import { destroys, disrupts, harmless, hurts, type KeyRow } from './row.ts'

const ms = long({ min: 0, unit: 'ms' })
const noLimit = { '-1': 'no limit' }
const local = { '-2': 'as retention', ...noLimit }
const copyLag = { '-1': 'as local retention' }
const older = destroys('halves', 'older data is deleted')
const slower = disrupts('halves', 'older records have to come from remote storage, which is slower')
const bySize = 'the size up to which a partition keeps records'
const byAge = 'the age up to which records are kept'
const localBySize = 'the size up to which a tiered partition keeps records on the brokers'
const localByAge = 'the age up to which a tiered topic keeps records on the brokers'

const cleanup: ValueType = { is: 'list', values: ['compact', 'delete'] }
const clock: ValueType = { is: 'enum', values: ['CreateTime', 'LogAppendTime'] }

/** Topic key → row. */
export const keptKeys: Readonly<Record<string, KeyRow>> = {
  'cleanup.policy': hurts(
    cleanup,
    'whether records are deleted by age and size, compacted by key, both, or kept for ever (the empty list)',
    [
      destroys('gains compact', 'all but the newest record of a key are removed, and records without a key refused'),
      disrupts('loses compact', 'older records of a key stay, and the log grows')
    ],
    { broker: 'log.cleanup.policy', source: 'apache/kafka#20334' }
  ),
  'delete.retention.ms': hurts(
    ms,
    'how long a compacted topic shows that a key was deleted',
    [destroys('halves', 'consumers that read more slowly never see that a key was deleted')],
    { where: 'compact', broker: 'log.cleaner.delete.retention.ms', source: 'KIP-534' }
  ),
  'file.delete.delay.ms': harmless(ms, 'how long the file of a deleted segment stays on disk', {
    broker: 'log.segment.delete.delay.ms'
  }),
  'local.retention.bytes': hurts(long({ min: -2, unit: 'bytes', names: local }), localBySize, [slower], {
    where: 'tiered',
    follows: 'retention.bytes',
    broker: 'log.local.retention.bytes',
    source: 'KIP-405'
  }),
  'local.retention.ms': hurts(long({ min: -2, unit: 'ms', names: local }), localByAge, [slower], {
    where: 'tiered',
    follows: 'retention.ms',
    broker: 'log.local.retention.ms',
    source: 'KIP-405'
  }),
  'max.compaction.lag.ms': hurts(
    long({ min: 1, unit: 'ms' }),
    'the time after which records are compacted at the latest',
    [disrupts('halves', 'compaction works more, and segments are closed sooner')],
    { where: 'compact', broker: 'log.cleaner.max.compaction.lag.ms', source: 'KIP-354' }
  ),
  'message.timestamp.type': hurts(
    clock,
    'whose clock gives the timestamps, by which records are deleted, too',
    [
      destroys('becomes LogAppendTime', 'the timestamps of producers are overwritten'),
      destroys('becomes CreateTime', 'records that arrive with an old timestamp are deleted by their age at once')
    ],
    { broker: 'log.message.timestamp.type', source: 'KIP-32' }
  ),
  'min.cleanable.dirty.ratio': harmless(
    { is: 'double', min: 0, max: 1 },
    'how much of a log must be new before it is compacted',
    { broker: 'log.cleaner.min.cleanable.ratio' }
  ),
  'min.compaction.lag.ms': hurts(
    ms,
    'how long every record of a compacted topic stays',
    [destroys('halves', 'older records of a key are removed before slower consumers see them')],
    { where: 'compact', broker: 'log.cleaner.min.compaction.lag.ms', source: 'KIP-58' }
  ),
  'remote.copy.lag.bytes': harmless(
    long({ min: -1, unit: 'bytes', names: copyLag }),
    'when a segment is copied to remote storage; before that no broker deletes it',
    { broker: 'log.remote.copy.lag.bytes' }
  ),
  'remote.copy.lag.ms': harmless(
    long({ min: -1, unit: 'ms', names: copyLag }),
    'when a segment is copied to remote storage; before that no broker deletes it',
    { broker: 'log.remote.copy.lag.ms' }
  ),
  'remote.log.copy.disable': hurts(
    boolean,
    'whether copying to remote storage has ended',
    [disrupts('becomes true', 'the brokers keep all new records themselves')],
    { where: 'tiered', default: 'false', source: 'KIP-950' }
  ),
  'remote.log.delete.on.disable': harmless(boolean, 'Kafka lets remote.storage.enable become false only with it', {
    default: 'false',
    source: 'KIP-950'
  }),
  'remote.storage.enable': hurts(
    boolean,
    'whether segments move to remote storage',
    [
      destroys('becomes false', 'everything in remote storage is deleted'),
      disrupts('becomes true', 'segments move to remote storage, and the way back deletes them')
    ],
    { default: 'false', source: 'KIP-405, KIP-950' }
  ),
  'retention.bytes': hurts(long({ unit: 'bytes', names: noLimit }), bySize, [older], {
    where: 'delete',
    broker: 'log.retention.bytes'
  }),
  'retention.ms': hurts(long({ min: -1, unit: 'ms', names: noLimit }), byAge, [older], {
    where: 'delete',
    broker: 'log.retention.ms',
    coarser: [
      { key: 'log.retention.minutes', ms: 60_000 },
      { key: 'log.retention.hours', ms: 3_600_000 }
    ]
  })
}
