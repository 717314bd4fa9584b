/**
 * Real clusters that the tests of a process share: one of each kind, started when a test first asks for it. A test
 * leaves its cluster as it found it, apart from topics under names of its own.
 * @module
 */
import { missingPrerequisites, startKafka, type KafkaCluster, type KafkaOptions } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { skipLoudly } from '../skip.ts'
import { Wiretap } from './wiretap.ts'

/** Addresses of a broker that is not ours, for tests that need no more than topics of their own. */
export const external = process.env['KAFKA_BOOTSTRAP_SERVERS']

/** Kind → what it is. */
const kinds = {
  /** The newest version. It would create a topic that is only asked for, and holds many. */
  single: { heap: '512m', properties: { 'auto.create.topics.enable': 'true' } },
  '3.9.2': { version: '3.9.2' },
  /** Can tier topics: the newest version for which a remote storage is published. */
  '4.3.1': { version: '4.3.1', tiered: true },
  /** Notices within five seconds that a broker is gone. */
  three: { nodes: 3, properties: { 'broker.session.timeout.ms': '5000', 'broker.heartbeat.interval.ms': '500' } },
  secure: { secure: true }
} as const satisfies Readonly<Record<string, KafkaOptions>>
export type ClusterKind = keyof typeof kinds

const notOurs = 'needs control over its brokers, and KAFKA_BOOTSTRAP_SERVERS names one of somebody else'

/** Skips where a cluster with these options cannot be had, or another broker was given. */
export async function skipUnlessOurs(
  context: Mocha.Context,
  options: KafkaOptions & { readonly tools?: boolean } = {}
): Promise<void> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  const missing = await missingPrerequisites(options)
  if (missing !== undefined) skipLoudly(context, `no real Kafka here: ${missing}`)
}

const started = new Map<ClusterKind, Promise<KafkaCluster>>()

/**
 * The cluster of this kind, for tests that pause a broker, kill it or change what holds for the whole of it, and put
 * that right again. Skips as `skipUnlessOurs` does.
 */
export async function sharedClusterOrSkip(context: Mocha.Context, kind: ClusterKind = 'single'): Promise<KafkaCluster> {
  await skipUnlessOurs(context, kinds[kind])
  const cluster = started.get(kind) ?? start(kind)
  started.set(kind, cluster)
  return cluster
}

async function start(kind: ClusterKind): Promise<KafkaCluster> {
  return startKafka({ ...kinds[kind], ...(kind === 'single' && { tap: await freePort() }) })
}

/** The shared single broker behind a wiretap. */
export interface TappedCluster {
  readonly cluster: KafkaCluster
  readonly wiretap: Wiretap
  /** Address of the wiretap; the broker sends its clients there. */
  readonly bootstrap: string
}

let tap: Promise<Wiretap> | undefined

/** Skips as `sharedClusterOrSkip` does. */
export async function tappedClusterOrSkip(context: Mocha.Context): Promise<TappedCluster> {
  const cluster = await sharedClusterOrSkip(context)
  const { tapped = '', tapPort = 0 } = cluster
  tap ??= Wiretap.start(tapPort, () => Number(tapped.split(':')[1]))
  return { cluster, wiretap: await tap, bootstrap: `127.0.0.1:${tapPort}` }
}

/** Called at the end of the run, before the clusters are stopped. */
export const atEnd: (() => Promise<void>)[] = []

after(async function () {
  this.timeout(60_000)
  for (const clear of atEnd) await clear()
  await (await tap?.catch(() => undefined))?.stop()
  await Promise.all([...started.values()].map(async (cluster) => (await cluster.catch(() => undefined))?.stop()))
})
