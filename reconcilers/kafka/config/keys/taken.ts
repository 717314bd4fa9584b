/**
 * Topic keys that decide which records are taken, how they are written, and who may lead. All from 3.9 to 4.4
 * (https://kafka.apache.org/documentation/#topicconfigs); ranges are the widest of these versions.
 * @module
 */
import { boolean, int, long, text, type ValueType } from '../types.ts'
import { destroys, disrupts, harmless, hurts, type Effect, type KeyRow } from './row.ts'

const ms = long({ min: 0, unit: 'ms' })
const level = 'CPU against size, of new batches'
const tools = 'belongs to the tools that move replicas'
const smaller = disrupts('halves', 'more and smaller segments take file handles and memory maps of the brokers')
const fsyncs: readonly Effect[] = [
  disrupts('falls', 'more fsyncs slow producers down'),
  disrupts('rises', 'more records are lost when all replicas crash at once')
]
const codec: ValueType = { is: 'enum', values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'] }

/** Topic key → row. */
export const takenKeys: Readonly<Record<string, KeyRow>> = {
  'compression.gzip.level': harmless(int({ min: -1, max: 9, names: { '-1': 'the default of gzip' } }), level, {
    broker: 'compression.gzip.level',
    source: 'KIP-390'
  }),
  'compression.lz4.level': harmless(int({ min: 1, max: 17 }), level, {
    broker: 'compression.lz4.level',
    source: 'KIP-390'
  }),
  'compression.type': harmless(codec, 'how new batches are stored; what is stored stays readable', {
    broker: 'compression.type'
  }),
  'compression.zstd.level': harmless(int({ min: -131_072, max: 22 }), level, {
    broker: 'compression.zstd.level',
    source: 'KIP-390'
  }),
  'errors.deadletterqueue.group.enable': hurts(
    boolean,
    'whether share groups may put records here that they cannot deliver',
    [disrupts('becomes false', 'share groups lose the place for records they cannot deliver')],
    { default: 'false', source: 'KIP-1191' }
  ),
  'flush.messages': hurts(long({ min: 1 }), 'how many records may come between two fsyncs', fsyncs, {
    broker: 'log.flush.interval.messages'
  }),
  'flush.ms': hurts(ms, 'how much time may pass between two fsyncs', fsyncs, {
    broker: 'log.flush.interval.ms',
    coarser: [{ key: 'log.flush.scheduler.interval.ms', ms: 1 }]
  }),
  'follower.replication.throttled.replicas': harmless({ is: 'list' }, 'which replicas are throttled as followers', {
    never: tools,
    default: '',
    source: 'KIP-73'
  }),
  'index.interval.bytes': harmless(int({ min: 0, unit: 'bytes' }), 'how close the index leads to a record', {
    broker: 'log.index.interval.bytes'
  }),
  'leader.replication.throttled.replicas': harmless({ is: 'list' }, 'which replicas are throttled as leaders', {
    never: tools,
    default: '',
    source: 'KIP-73'
  }),
  'max.decompressed.message.bytes': hurts(
    int({ min: 1, max: 2_147_483_639, unit: 'bytes' }),
    'the largest record after decompression',
    [disrupts('falls', 'larger records are refused; where some are stored, compaction and lookups by time fail')],
    { broker: 'max.decompressed.message.bytes' }
  ),
  'max.message.bytes': hurts(
    int({ min: 0, unit: 'bytes' }),
    'the largest batch',
    [disrupts('falls', 'larger batches of producers are refused')],
    { broker: 'message.max.bytes' }
  ),
  'message.downconversion.enable': hurts(
    boolean,
    'whether consumers that need an older format are served (before 4.0)',
    [disrupts('becomes false', 'consumers that need an older format are refused')],
    { broker: 'log.message.downconversion.enable', source: 'KIP-283' }
  ),
  'message.format.version': harmless(text, 'nothing since 3.0; gone in 4.0', {
    broker: 'log.message.format.version',
    source: 'KIP-724'
  }),
  'message.timestamp.after.max.ms': hurts(
    ms,
    'how far ahead of the clock of the broker a timestamp may be',
    [disrupts('falls', 'records whose timestamp is further ahead are refused')],
    { broker: 'log.message.timestamp.after.max.ms', source: 'KIP-937' }
  ),
  'message.timestamp.before.max.ms': hurts(
    ms,
    'how far behind the clock of the broker a timestamp may be',
    [disrupts('falls', 'records whose timestamp is older are refused')],
    { broker: 'log.message.timestamp.before.max.ms', source: 'KIP-937' }
  ),
  'message.timestamp.difference.max.ms': hurts(
    ms,
    'how far from the clock of the broker a timestamp may be (before 4.0)',
    [disrupts('falls', 'records whose timestamp is further away are refused')],
    { broker: 'log.message.timestamp.difference.max.ms', source: 'KIP-937' }
  ),
  'min.insync.replicas': hurts(
    int({ min: 1 }),
    'how many replicas must have a record that is acknowledged to acks=all',
    [disrupts('falls', 'acknowledged records are on fewer brokers, and lost with them')],
    { broker: 'min.insync.replicas', source: 'KIP-966' }
  ),
  preallocate: hurts(
    boolean,
    'whether a segment takes its whole size on disk when it is opened',
    [disrupts('becomes true', 'every partition takes the size of a whole segment on disk')],
    { broker: 'log.preallocate' }
  ),
  'segment.bytes': hurts(
    int({ min: 14, unit: 'bytes' }),
    'the size at which a segment is closed (since 4.0 1048576 at least)',
    [smaller],
    { broker: 'log.segment.bytes' }
  ),
  'segment.index.bytes': hurts(
    int({ min: 4, unit: 'bytes' }),
    'the size of its index at which a segment is closed',
    [smaller],
    { broker: 'log.index.size.max.bytes' }
  ),
  'segment.jitter.ms': harmless(ms, 'how far apart the moments are at which segments are closed', {
    broker: 'log.roll.jitter.ms',
    coarser: [{ key: 'log.roll.jitter.hours', ms: 3_600_000 }]
  }),
  'segment.ms': hurts(long({ min: 1, unit: 'ms' }), 'the age at which a segment is closed', [smaller], {
    broker: 'log.roll.ms',
    coarser: [{ key: 'log.roll.hours', ms: 3_600_000 }]
  }),
  'unclean.leader.election.enable': hurts(
    boolean,
    'whether a replica that lacks acknowledged records may lead',
    [destroys('becomes true', 'a replica that lacks acknowledged records may lead, and they are lost')],
    { broker: 'unclean.leader.election.enable', source: 'KIP-106' }
  )
}
