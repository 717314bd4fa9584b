/**
 * The hand that arranges, changes and deletes topics behind the reconciler's back, and looks what became of them.
 * @module
 */
import assert from 'node:assert/strict'
import { Admin, ListOffsetTimestamps, Producer, stringSerializers } from '@platformatic/kafka'
import type { ConfigEntry, ConfigResource, NewTopic } from '../../../reconcilers/kafka/admin.ts'
import { readConnectionSettings } from '../../../reconcilers/kafka/connection.ts'
import { openAdmin } from '../../../reconcilers/kafka/open-admin.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { eventually } from '../eventually.ts'

/** A topic as the broker holds it. */
export interface LiveTopic {
  readonly partitions: number
  readonly replicationFactor: number
  /** What the topic itself carries, inherited values left out. */
  readonly config: Readonly<Record<string, string | null>>
}

type Arranged = Partial<Omit<NewTopic, 'name'>>

const patience = (): AbortSignal => AbortSignal.timeout(60_000)

export class Hand {
  readonly #bootstrap: string
  readonly #admin

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap
    this.#admin = openAdmin(
      readConnectionSettings(new Environment({ KAFKA_BOOTSTRAP_SERVERS: bootstrap, REQUEST_TIMEOUT: '20s' }))
    )
  }

  /** Creates topics, one partition and one replica unless told otherwise, and waits until all are visible. */
  async create(topics: Readonly<Record<string, Arranged>>): Promise<void> {
    const wanted = Object.entries(topics).map(([name, topic]) => ({
      name,
      partitions: 1,
      replicationFactor: 1,
      config: {},
      ...topic
    }))
    refuseErrors(await this.#admin.createTopics(wanted, patience()))
    await eventually(async () => assert.equal((await this.topics(Object.keys(topics))).size, wanted.length))
  }

  /** Sets keys of a topic; `null` removes one. */
  async set(name: string, config: Readonly<Record<string, string | null>>): Promise<void> {
    await this.#alter('topic', name, config)
  }

  /** The same for the cluster-wide configuration. */
  async setCluster(config: Readonly<Record<string, string | null>>): Promise<void> {
    await this.#alter('cluster', '', config)
  }

  /** What is set for the whole cluster. */
  async cluster(): Promise<Readonly<Record<string, string | null>>> {
    const [answer] = await this.#admin.describeConfigs(
      [{ type: 'cluster', name: '', keys: 'all' }],
      { synonyms: false },
      patience()
    )
    return Object.fromEntries((answer?.entries ?? []).map(({ name, value }) => [name, value]))
  }

  /** The same for one broker alone. */
  async setBroker(id: number, config: Readonly<Record<string, string | null>>): Promise<void> {
    await this.#alter('broker', String(id), config)
  }

  /** Everything a topic or a broker shows of its configuration, with where it comes from. */
  async entries(type: ConfigResource['type'], name: string): Promise<readonly ConfigEntry[]> {
    const [answer] = await this.#admin.describeConfigs([{ type, name, keys: 'all' }], { synonyms: true }, patience())
    assert.equal(answer?.error, undefined)
    return answer?.entries ?? []
  }

  /** Writes records of 100 kB each, all of one key and of this age in ms, and each in a batch of its own. */
  async produce(
    topic: string,
    { count, ageMs = 0 }: { readonly count: number; readonly ageMs?: number }
  ): Promise<void> {
    const producer = new Producer({
      clientId: 'test',
      bootstrapBrokers: this.#addresses,
      serializers: stringSerializers
    })
    const timestamp = BigInt(Date.now() - ageMs)
    try {
      for (let sent = 0; sent < count; sent++)
        await producer.send({ messages: [{ topic, key: 'k', value: 'x'.repeat(100_000), timestamp }] })
    } finally {
      await producer.close()
    }
  }

  /** The first offset that partition 0 of a topic still has. */
  async firstOffset(topic: string): Promise<number> {
    return this.#offset(topic, ListOffsetTimestamps.EARLIEST)
  }

  /** The offset after the last record of partition 0 of a topic. */
  async nextOffset(topic: string): Promise<number> {
    return this.#offset(topic, ListOffsetTimestamps.LATEST)
  }

  /** Ids of these topics, which must exist, in their order: a topic that was made anew has another one. */
  async ids(names: readonly string[]): Promise<readonly string[]> {
    const { topics } = await this.#withClient((admin) => admin.metadata({ topics: [...names], forceUpdate: true }))
    return names.map((name) => topics.get(name)?.id ?? assert.fail(`no topic ${name}`))
  }

  /** Ids of the brokers that are alive. */
  async brokers(): Promise<readonly number[]> {
    return (await this.#admin.metadata([], patience())).brokers.map(({ id }) => id)
  }

  async clusterId(): Promise<string> {
    return (await this.#admin.metadata([], patience())).clusterId
  }

  /** Names of all topics that begin with `prefix`. */
  async names(prefix: string): Promise<string[]> {
    const { topics } = await this.#admin.metadata('all', patience())
    return topics
      .map(({ name }) => name)
      .filter((name) => name.startsWith(prefix))
      .toSorted()
  }

  /** The topics of these names that exist. */
  async topics(names: readonly string[]): Promise<ReadonlyMap<string, LiveTopic>> {
    const { topics } = await this.#admin.metadata(names, patience())
    const live = topics.filter(({ error }) => error === undefined)
    const answers = await this.#admin.describeConfigs(
      live.map(({ name }) => ({ type: 'topic', name, keys: 'all' })),
      { synonyms: false },
      patience()
    )
    return new Map(
      live.map(({ name, partitions, replicationFactor }) => {
        const entries = answers.find((answer) => answer.name === name)?.entries ?? []
        const own = entries
          .filter(({ source }) => source === 'topic')
          .map((entry): [string, string | null] => [entry.name, entry.value])
        return [name, { partitions, replicationFactor, config: Object.fromEntries(own) }]
      })
    )
  }

  /** One topic, or undefined when it does not exist. */
  async topic(name: string): Promise<LiveTopic | undefined> {
    return (await this.topics([name])).get(name)
  }

  /** Deletes topics and does not wait until they are gone. */
  async remove(names: readonly string[]): Promise<void> {
    await this.#withClient((admin) => admin.deleteTopics({ topics: [...names] }))
  }

  /** Deletes topics and waits until they are gone. */
  async delete(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    await this.remove(names)
    await eventually(async () => assert.equal((await this.topics(names)).size, 0))
  }

  close(): Promise<void> {
    return this.#admin.close()
  }

  async #offset(topic: string, timestamp: bigint): Promise<number> {
    const partitions = [{ partitionIndex: 0, timestamp }]
    const listed = await this.#withClient((admin) => admin.listOffsets({ topics: [{ name: topic, partitions }] }))
    return Number(listed[0]?.partitions[0]?.offset ?? assert.fail('no offset'))
  }

  get #addresses(): string[] {
    return this.#bootstrap.split(',')
  }

  /** The port of the product has no verb for this on purpose. */
  async #withClient<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: this.#addresses, retries: 2 })
    try {
      return await work(admin)
    } finally {
      await admin.close()
    }
  }

  async #alter(
    type: ConfigResource['type'],
    name: string,
    config: Readonly<Record<string, string | null>>
  ): Promise<void> {
    const set = Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) => (value === null ? [] : [[key, value]]))
    )
    const remove = Object.entries(config).flatMap(([key, value]) => (value === null ? [key] : []))
    refuseErrors(await this.#admin.alterConfigs([{ type, name, set, remove }], patience()))
  }
}

function refuseErrors(
  answers: readonly { readonly name: string; readonly error?: { readonly message: string } }[]
): void {
  for (const { name, error } of answers) assert.equal(error, undefined, `${name}: ${error?.message ?? ''}`)
}
