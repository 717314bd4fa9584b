/**
 * Scenes on real brokers: given ones, shared ones, and clusters of a test's own. Verbs run in this process; `spawn` and
 * `sidecar` run the real program.
 * @module
 */
import { startKafka, type KafkaCluster, type KafkaOptions } from '../../servers/kafka.ts'
import type { Ended, Variables } from '../command-line.ts'
import { Scene as CommonScene, temporaryDirectory } from '../scene.ts'
import { atEnd, external, sharedClusterOrSkip, skipUnlessOurs } from './clusters.ts'
import { kafkaDocuments } from './documents.ts'
import { Hand } from './hand.ts'
import { infometisHere } from './in-process.ts'

export { infometis, type Ended, type LogRecord, type Sidecar } from '../command-line.ts'
export { entriesOf } from '../documents.ts'
export { eventually } from '../eventually.ts'
export { temporaryDirectory } from '../scene.ts'
export { sharedClusterOrSkip, tappedClusterOrSkip, type TappedCluster } from './clusters.ts'
export { Hand } from './hand.ts'

/** Both adapters pass the same scenarios. */
export const clients = ['platformatic', 'kafkajs'] as const
export type ClientName = (typeof clients)[number]

/** A cluster of the test's own, with full control; skipped when it cannot be had or another broker was given. */
export async function clusterOrSkip(
  context: Mocha.Context,
  options: KafkaOptions & { readonly tools?: boolean } = {}
): Promise<KafkaCluster> {
  await skipUnlessOurs(context, options)
  const { tools: _, ...wanted } = options
  return startKafka(wanted)
}

/** Addresses of the given broker, or of the shared one: for tests that need no more than topics of their own. */
export async function brokerOrSkip(context: Mocha.Context): Promise<string> {
  return external ?? (await sharedClusterOrSkip(context)).bootstrap
}

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
    super({
      service: 'kafka',
      dir,
      env: { KAFKA_BOOTSTRAP_SERVERS: bootstrap, KAFKA_CLIENT: client },
      documents: kafkaDocuments
    })
    this.hand = new Hand(bootstrap)
    this.#isOwn = bootstrap !== external
  }

  /** `kafka/topic/<full name>`. */
  key(short: string): string {
    return `kafka/topic/${this.name(short)}`
  }

  /** topics.json with these topics, by short name. */
  topicsJson(topics: Readonly<Record<string, Declaration>>): string {
    return JSON.stringify(
      Object.fromEntries(Object.entries(topics).map(([name, topic]) => [this.name(name), topic])),
      null,
      2
    )
  }

  /** A verb in this process. */
  override run(verb: string, args: readonly string[] = [], env: Variables = {}): Promise<Ended> {
    const yes = verb === 'apply' ? ['--yes'] : []
    return infometisHere([verb, this.service, '--config', this.dir, '--output', 'json', ...yes, ...args], {
      ...this.env,
      ...env
    })
  }

  /** The same by the real program. */
  spawn(verb: string, args: readonly string[] = [], env: Variables = {}): Promise<Ended> {
    return super.run(verb, args, env)
  }

  /** Writes topics.json and policy.yaml. */
  async declare(
    topics: Readonly<Record<string, Declaration>>,
    policy: Readonly<Record<string, unknown>> = {}
  ): Promise<void> {
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
  atEnd.push(() => scene.clear())
  return scene
}
