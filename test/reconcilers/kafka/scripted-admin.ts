/**
 * A cluster in memory behind the port: it shows what a broker would show of configuration, with where each value comes
 * from, and notes what is asked of it. For rules about what is read and planned; what brokers do is for live tests.
 * @module
 */
import type {
  Answer,
  ConfigAnswer,
  ConfigEntry,
  ConfigQuery,
  ConfigSource,
  KafkaAdmin,
  TopicMetadata
} from '../../../reconcilers/kafka/admin.ts'
import { brokerKeyOf, topicKeys } from '../../../reconcilers/kafka/config/keys/index.ts'
import { kafkaService } from '../../../reconcilers/kafka/index.ts'
import { ServiceReconciler } from '../../../src/reconciler/service-reconciler.ts'
import { reading } from '../../reading.ts'

type Values = Readonly<Record<string, string>>

/** A broker: what its file says, and what is set for it alone while it runs. */
export interface ScriptedBroker {
  readonly file?: Values
  readonly dynamic?: Values
  /** Thrown instead of an answer about its configuration. */
  readonly silent?: Error
}

export interface ScriptedCluster {
  /** By id; default one broker with nothing of its own. */
  readonly brokers?: Readonly<Record<string, ScriptedBroker>>
  /** Set for the whole cluster. */
  readonly cluster?: Values
  /** Kafka's own defaults, by the broker's key, or by the topic's where there is no such key. */
  readonly defaults?: Values
  readonly topics?: Readonly<Record<string, Partial<TopicMetadata> & { readonly config?: Values }>>
  /** Keys no broker knows. */
  readonly unknown?: readonly string[]
  /** Methods that behave otherwise. */
  readonly admin?: Partial<KafkaAdmin>
}

export interface ScriptedAdmin extends KafkaAdmin {
  /** `describe topic/orders retention.ms,…` of every request since the start. */
  readonly asked: string[]
}

type Synonym = ConfigEntry['synonyms'][number]

export function scriptedAdmin(script: ScriptedCluster): ScriptedAdmin {
  const { brokers = { 1: {} }, cluster = {}, defaults = {}, topics = {}, unknown = [], admin = {} } = script
  const asked: string[] = []

  const link = (name: string, source: ConfigSource, values: Values = {}): Synonym[] => {
    const value = values[name]
    return value === undefined ? [] : [{ name, value, source }]
  }
  const behind = (name: string, { file, dynamic }: ScriptedBroker): Synonym[] => [
    ...link(name, 'broker', dynamic),
    ...link(name, 'cluster', cluster),
    ...link(name, 'static', file),
    ...link(name, 'default', defaults)
  ]
  const entry = (name: string, chain: readonly Synonym[], type: number): ConfigEntry[] => {
    const [first] = chain
    if (first === undefined) return []
    return [
      { name, value: first.value, source: first.source, sensitive: false, readOnly: false, type, synonyms: chain }
    ]
  }

  const topicChain = (name: string, key: string): Synonym[] => {
    const [broker = {}] = Object.values(brokers)
    const inherited = brokerKeyOf.get(key)
    const own = link(key, 'topic', topics[name]?.config)
    return [...own, ...(inherited === undefined ? link(key, 'default', defaults) : behind(inherited, broker))]
  }

  const describe = ({ type, name, keys }: ConfigQuery): ConfigAnswer => {
    asked.push(`describe ${type}/${name} ${keys === 'all' ? 'all' : keys.join(',')}`)
    if (type === 'cluster')
      return {
        type,
        name,
        entries: Object.keys(cluster).flatMap((key) => entry(key, link(key, 'cluster', cluster), 0))
      }
    if (type === 'topic') {
      const wanted = keys === 'all' ? [...topicKeys.keys()] : keys
      const entries = wanted.flatMap((key) => entry(key, topicChain(name, key), 0))
      return { type, name, entries }
    }
    const broker = brokers[name] ?? {}
    if (broker.silent !== undefined) throw broker.silent
    const entries = (keys === 'all' ? [] : keys).flatMap((key): ConfigEntry[] => {
      const found = entry(key, behind(key, broker), 0)
      return found.length > 0 || unknown.includes(key) ? found : [unset(key)]
    })
    return { type, name, entries }
  }

  const metadataOf = (name: string): TopicMetadata => {
    const { config: _, ...given } = topics[name] ?? {}
    const missing = topics[name] === undefined && {
      error: { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'not there' }
    }
    return { name, internal: false, partitions: 1, replicationFactor: 1, ...missing, ...given }
  }

  const done = (names: readonly string[]): Promise<readonly Answer[]> =>
    Promise.resolve(names.map((name) => ({ name })))

  return {
    asked,
    missing: new Map(),
    metadata: (wanted) => {
      asked.push(`metadata ${wanted === 'all' ? 'all' : wanted.join(',')}`)
      const names = wanted === 'all' ? Object.keys(topics) : wanted
      const living = Object.keys(brokers).map((id) => ({ id: Number(id), host: 'localhost', port: 9092 }))
      return Promise.resolve({ clusterId: 'scripted', brokers: living, controllerId: 1, topics: names.map(metadataOf) })
    },
    describeConfigs: async (queries) => queries.map(describe),
    reassignments: () => Promise.resolve(new Map()),
    createTopics: (created) => done(created.map(({ name }) => name)),
    createPartitions: (increases) => done(increases.map(({ name }) => name)),
    alterConfigs: (alterations) => done(alterations.map(({ name }) => name)),
    close: () => Promise.resolve(),
    ...admin
  }
}

/** A key that a broker knows and that is set nowhere. */
function unset(name: string): ConfigEntry {
  return { name, value: null, source: 'default', sensitive: false, readOnly: false, type: 0, synonyms: [] }
}

/** A reconciler of these files on that cluster. */
export function reconcilerOn(
  admin: KafkaAdmin,
  files: Readonly<Record<string, unknown>>,
  fullReadIntervalMs?: number
): ServiceReconciler {
  const bytes = new Map(
    Object.entries(files).map(([name, content]) => [name, new TextEncoder().encode(JSON.stringify(content))])
  )
  return new ServiceReconciler(kafkaService(admin), {
    source: reading(() => Promise.resolve({ digest: 'd', files: bytes })),
    ...(fullReadIntervalMs !== undefined && { fullReadIntervalMs })
  })
}
