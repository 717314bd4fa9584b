/**
 * Scenes on real brokers: given ones, shared ones, and clusters of a test's own.
 * @module
 */
import { startKafka, missingPrerequisites, type KafkaCluster, type KafkaOptions } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { Scene as CommonScene, temporaryDirectory } from '../scene.ts'
import { skipLoudly } from '../skip.ts'
import { kafkaDocuments } from './documents.ts'
import { Hand } from './hand.ts'
import { Wiretap } from './wiretap.ts'

export { infometis, type Ended, type LogRecord, type Sidecar } from '../command-line.ts'
export { entriesOf } from '../documents.ts'
export { eventually } from '../eventually.ts'
export { temporaryDirectory } from '../scene.ts'
export { Hand } from './hand.ts'

/** Both adapters pass the same scenarios. */
export const clients = ['platformatic', 'kafkajs'] as const
export type ClientName = (typeof clients)[number]

const external = process.env['KAFKA_BOOTSTRAP_SERVERS']

const notOurs = 'needs control over its brokers, and KAFKA_BOOTSTRAP_SERVERS names one of somebody else'

/** A cluster of the test's own, with full control; skipped when it cannot be had or another broker was given. */
export async function clusterOrSkip(context: Mocha.Context, options: KafkaOptions & { readonly tools?: boolean } = {}): Promise<KafkaCluster> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  await skipWithoutPrerequisites(context, options)
  const { tools: _, ...wanted } = options
  return startKafka(wanted)
}

async function skipWithoutPrerequisites(context: Mocha.Context, options: Parameters<typeof missingPrerequisites>[0]): Promise<void> {
  const missing = await missingPrerequisites(options)
  if (missing !== undefined) skipLoudly(context, `no real Kafka here: ${missing}`)
}

let shared: Promise<KafkaCluster> | undefined

/**
 * The broker all single-node scenarios share, started at the first call, for tests that pause it or change what holds
 * for the whole of it, and put that right again. Skipped where another broker was given.
 */
export async function sharedClusterOrSkip(context: Mocha.Context): Promise<KafkaCluster> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  await skipWithoutPrerequisites(context, {})
  shared ??= startKafka()
  return shared
}

/** Addresses of the given broker, or of the shared one: for tests that need no more than topics of their own. */
export async function brokerOrSkip(context: Mocha.Context): Promise<string> {
  return external ?? (await sharedClusterOrSkip(context)).bootstrap
}

let tapped: Promise<TappedCluster> | undefined

/** A broker that is reached through a wiretap only; with room for many topics, and shared as well. */
export interface TappedCluster {
  readonly cluster: KafkaCluster
  readonly wiretap: Wiretap
  /** Addresses of the wiretap. */
  readonly bootstrap: string
}

/** Skips as `sharedClusterOrSkip` does. */
export async function tappedClusterOrSkip(context: Mocha.Context): Promise<TappedCluster> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  await skipWithoutPrerequisites(context, {})
  tapped ??= startTapped()
  return tapped
}

async function startTapped(): Promise<TappedCluster> {
  const port = await freePort()
  // kafkajs goes where the broker says it is.
  const cluster = await startKafka({ heap: '512m', properties: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}` } })
  const wiretap = await Wiretap.start(port, () => cluster.nodes[0]?.port ?? 0)
  return { cluster, wiretap, bootstrap: `127.0.0.1:${port}` }
}

const scenes: Scene[] = []

after(async function () {
  this.timeout(60_000)
  for (const scene of scenes) await scene.clear()
  await (await shared?.catch(() => undefined))?.stop()
  const tap = await tapped?.catch(() => undefined)
  await tap?.wiretap.stop()
  await tap?.cluster.stop()
})

/** One topic as the file declares it. */
export type Declaration = null | {
  readonly partitions?: number
  readonly 'replication-factor'?: number
  readonly config?: Readonly<Record<string, unknown>>
  readonly reconcile?: { readonly paused?: boolean; readonly ignore?: readonly string[]; readonly exact?: boolean }
}

/** A scene with a client and a hand of its own. */
export class Scene extends CommonScene {
  readonly hand: Hand
  readonly #isOwn: boolean

  constructor(dir: string, bootstrap: string, client: ClientName) {
    super({ service: 'kafka', dir, env: { KAFKA_BOOTSTRAP_SERVERS: bootstrap, KAFKA_CLIENT: client }, documents: kafkaDocuments })
    this.hand = new Hand(bootstrap)
    this.#isOwn = bootstrap !== external
  }

  /** `kafka/topic/<full name>`. */
  key(short: string): string {
    return `kafka/topic/${this.name(short)}`
  }

  /** topics.json with these topics, by short name. */
  topicsJson(topics: Readonly<Record<string, Declaration>>): string {
    return JSON.stringify(Object.fromEntries(Object.entries(topics).map(([name, topic]) => [this.name(name), topic])), null, 2)
  }

  /** Writes topics.json and policy.yaml. */
  async declare(topics: Readonly<Record<string, Declaration>>, policy: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.write({ 'topics.json': this.topicsJson(topics), 'policy.yaml': this.policyYaml(policy) })
  }

  /** Removes what this scene created from a broker that lives on. */
  async clear(): Promise<void> {
    if (!this.#isOwn) await this.hand.delete(await this.hand.names(this.prefix))
    await this.hand.close()
  }
}

/** A new scene on a broker. */
export async function openScene(bootstrap: string, client: ClientName): Promise<Scene> {
  const scene = new Scene(await temporaryDirectory(), bootstrap, client)
  scenes.push(scene)
  return scene
}
