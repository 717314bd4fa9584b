/**
 * Keys of brokers that can change while they run, beside those that topics inherit. All from 3.9 to 4.4
 * (https://kafka.apache.org/documentation/#dynamicbrokerconfigs, KIP-226); ranges are the widest of these versions.
 * @module
 */
import { boolean, int, long, secret, short, text, type ValueType } from '../types.ts'
import { harmless, type KeyRow } from './row.ts'

const list: ValueType = { is: 'list' }
const fraction: ValueType = { is: 'double', min: 0, max: 1 }
const number: ValueType = { is: 'double' }
const rate = long({ min: 0, unit: 'bytes/s' })
const positive = int({ min: 1 })
const intMs = int({ min: 0, unit: 'ms' })

const throttle = (of: string): KeyRow =>
  harmless(rate, `the rate up to which ${of}`, { never: 'belongs to the tools that move replicas', source: 'KIP-73' })
const copies = (does: string): KeyRow => harmless(long({ min: 1, unit: 'bytes/s' }), does, { source: 'KIP-956' })

/** Keys of the whole cluster → row. That a change reaches every broker at once is what it can do. */
export const ownClusterKeys: Readonly<Record<string, KeyRow>> = {
  'background.threads': harmless(positive, 'threads for background work; resized in place'),
  'config.providers': harmless(list, 'classes from which brokers read values of their configuration'),
  'errors.deadletterqueue.auto.create.topics.enable': harmless(boolean, 'whether dead-letter topics are created'),
  'errors.deadletterqueue.topic.name.prefix': harmless(text, 'how the names of dead-letter topics begin'),
  'follower.fetch.last.tiered.offset.enable': harmless(boolean, 'where empty followers of tiered topics begin', {
    source: 'KIP-1023'
  }),
  'follower.replication.throttled.rate': throttle('throttled followers fetch'),
  'group.consumer.assignment.interval.ms': harmless(intMs, 'time between two assignments of a consumer group'),
  'group.coordinator.cached.buffer.max.bytes': harmless(int({ min: 524_288, unit: 'bytes' }), 'memory for writes'),
  'group.share.assignment.interval.ms': harmless(intMs, 'time between two assignments of a share group'),
  'group.streams.assignment.interval.ms': harmless(intMs, 'time between two assignments of a streams group'),
  'leader.replication.throttled.rate': throttle('throttled leaders are fetched from'),
  'log.cleaner.backoff.ms': harmless(long({ min: 0, unit: 'ms' }), 'how long compaction rests'),
  'log.cleaner.dedupe.buffer.size': harmless(long({ unit: 'bytes' }), 'memory of compaction'),
  'log.cleaner.io.buffer.load.factor': harmless(number, 'how full the memory of compaction may be'),
  'log.cleaner.io.buffer.size': harmless(
    int({ min: 0, unit: 'bytes' }),
    'memory of compaction for reading and writing'
  ),
  'log.cleaner.io.max.bytes.per.second': harmless({ is: 'double', unit: 'bytes/s' }, 'how fast compaction may go'),
  'log.cleaner.threads': harmless(int({ min: 0 }), 'threads of compaction, which ends with none'),
  'max.connection.creation.rate': harmless(int({ min: 0 }), 'new connections a second', {
    perListener: true,
    source: 'KIP-612'
  }),
  'max.connections': harmless(int({ min: 0 }), 'connections of a broker; idle ones are closed above that', {
    perListener: true,
    source: 'KIP-308'
  }),
  'max.connections.per.ip': harmless(int({ min: 0 }), 'connections of one address'),
  'max.connections.per.ip.overrides': harmless(text, 'connections of certain addresses'),
  'metric.reporters': harmless(list, 'classes that brokers load to report metrics'),
  'num.io.threads': harmless(positive, 'threads that serve requests; resized in place'),
  'num.network.threads': harmless(positive, 'threads of a listener; resized in place', { perListener: true }),
  'num.recovery.threads.per.data.dir': harmless(positive, 'threads that recover logs at the next start'),
  'num.replica.fetchers': harmless(positive, 'threads that replicate; resized in place'),
  'producer.id.expiration.ms': harmless(
    int({ min: 1, unit: 'ms' }),
    'how long duplicates of idle producers are known',
    {
      source: 'KIP-854'
    }
  ),
  'remote.fetch.max.wait.ms': harmless(int({ min: 1, unit: 'ms' }), 'how long a fetch waits for remote storage'),
  'remote.list.offsets.request.timeout.ms': harmless(long({ min: 1, unit: 'ms' }), 'how long a lookup waits for it'),
  'remote.log.index.file.cache.total.size.bytes': harmless(long({ min: 1, unit: 'bytes' }), 'disk for remote indexes'),
  'remote.log.manager.copier.thread.pool.size': harmless(int({ min: -1 }), 'threads that copy to remote storage'),
  'remote.log.manager.copy.max.bytes.per.second': copies('how fast segments are copied to remote storage'),
  'remote.log.manager.expiration.thread.pool.size': harmless(int({ min: -1 }), 'threads that delete in remote storage'),
  'remote.log.manager.fetch.max.bytes.per.second': copies('how fast segments are read from remote storage'),
  'remote.log.manager.follower.thread.pool.size': harmless(int({ min: -1 }), 'threads of followers of tiered topics'),
  'remote.log.reader.threads': harmless(positive, 'threads that read from remote storage'),
  'replica.alter.log.dirs.io.max.bytes.per.second': throttle('replicas move between disks'),
  'share.coordinator.cached.buffer.max.bytes': harmless(int({ min: 524_288, unit: 'bytes' }), 'memory for writes'),
  'transaction.partition.verification.enable': harmless(boolean, 'whether writes of ended transactions are refused', {
    source: 'KIP-890'
  })
}

/** Keys that brokers take for themselves alone: "Cannot update these configs at default cluster level". */
const brokerTypes: Readonly<Record<string, ValueType>> = {
  'advertised.listeners': text,
  'cordoned.log.dirs': list,
  'listener.security.protocol.map': text,
  listeners: list,
  'principal.builder.class': text,
  'sasl.enabled.mechanisms': list,
  'sasl.jaas.config': secret,
  'sasl.kerberos.kinit.cmd': text,
  'sasl.kerberos.min.time.before.relogin': long({ unit: 'ms' }),
  'sasl.kerberos.principal.to.local.rules': { is: 'list', ordered: true },
  'sasl.kerberos.service.name': text,
  'sasl.kerberos.ticket.renew.jitter': number,
  'sasl.kerberos.ticket.renew.window.factor': number,
  'sasl.login.refresh.buffer.seconds': short({ min: 0, max: 3600 }),
  'sasl.login.refresh.min.period.seconds': short({ min: 0, max: 900 }),
  'sasl.login.refresh.window.factor': fraction,
  'sasl.login.refresh.window.jitter': fraction,
  'sasl.mechanism.inter.broker.protocol': text,
  'ssl.cipher.suites': { is: 'list', ordered: true },
  'ssl.client.auth': { is: 'enum', values: ['required', 'requested', 'none'] },
  'ssl.enabled.protocols': list,
  'ssl.endpoint.identification.algorithm': text,
  'ssl.engine.factory.class': text,
  'ssl.key.password': secret,
  'ssl.keymanager.algorithm': text,
  'ssl.keystore.certificate.chain': secret,
  'ssl.keystore.key': secret,
  'ssl.keystore.location': text,
  'ssl.keystore.password': secret,
  'ssl.keystore.type': text,
  'ssl.protocol': text,
  'ssl.provider': text,
  'ssl.secure.random.implementation': text,
  'ssl.trustmanager.algorithm': text,
  'ssl.truststore.certificates': secret,
  'ssl.truststore.location': text,
  'ssl.truststore.password': secret,
  'ssl.truststore.type': text
}

/** Keys of single brokers → row. */
export const brokerKeys: Readonly<Record<string, KeyRow>> = Object.fromEntries(
  Object.entries(brokerTypes).map(([key, type]) => [
    key,
    harmless(type, 'how this broker is reached', { never: 'is set for each broker, not for the cluster' })
  ])
)
