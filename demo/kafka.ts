/**
 * The main job on a real broker, step by step: created, changed, repaired, orphan reported, bad file refused.
 * @module
 */
import { readConnectionSettings } from '../reconcilers/kafka/connection.ts'
import { openAdmin } from '../reconcilers/kafka/open-admin.ts'
import type { KafkaAdmin } from '../reconcilers/kafka/admin.ts'
import { Environment } from '../src/connect/environment.ts'
import { missingPrerequisites, startKafka } from '../test/servers/kafka.ts'
import { isDone, isInSync, isOrphan, isRefused, play, prefixOn, type Scene, type Step } from './play.ts'
import { openServer, type Ways } from './server.ts'

const ways: Ways = {
  what: 'a broker',
  variable: 'KAFKA_BOOTSTRAP_SERVERS',
  container: {
    image: 'apache/kafka:4.3.1',
    port: 9092,
    settings: (port) => ({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1'
    }),
    address: (port) => `127.0.0.1:${port}`
  },
  java: {
    missing: () => missingPrerequisites({}),
    start: async () => {
      const cluster = await startKafka({})
      return { name: `Kafka ${cluster.version}`, address: cluster.bootstrap, stop: () => cluster.stop() }
    }
  }
}

function topics(prefix: string, partitions: number): string {
  return `{
  "${prefix}-orders": {
    "partitions": ${partitions},
    "replication-factor": 1,
    "config": { "retention.ms": "604800000" }   # edit me and watch
  },
  "${prefix}-users": {
    "partitions": 2,
    "config": { "cleanup.policy": "compact" }
  }
}
`
}

/** Shows everything once. Every step that did not happen is counted. */
export async function demonstrate(): Promise<Scene> {
  const server = await openServer(ways)
  const prefix = prefixOn(server)
  const variables = { KAFKA_BOOTSTRAP_SERVERS: server.address }
  const admin = openAdmin(readConnectionSettings(new Environment({ ...process.env, ...variables })))
  return play({
    service: 'kafka',
    server,
    variables,
    prefix,
    file: 'topics.json',
    text: topics(prefix, 3),
    steps: (write) => stepsOf(prefix, admin, write),
    close: () => admin.close()
  })
}

function stepsOf(prefix: string, admin: KafkaAdmin, write: (text: string) => Promise<void>): readonly Step[] {
  const signal = AbortSignal.timeout(120_000)
  const [orders, forgotten] = [`${prefix}-orders`, `${prefix}-forgotten`]
  const shorten = (): Promise<unknown> =>
    admin.alterConfigs([{ type: 'topic', name: orders, set: { 'retention.ms': '700000000' }, remove: [] }], signal)
  const forget = (): Promise<unknown> =>
    admin.createTopics([{ name: forgotten, partitions: 1, replicationFactor: 1, config: {} }], signal)
  const isUpdated = isDone('update', `kafka/topic/${orders}`)
  const text = topics(prefix, 6)
  return [
    { title: 'created from topics.json', happened: isDone('create', `kafka/topic/${prefix}-users`), settled: isInSync },
    { title: 'a change of the file applied', act: () => write(text), happened: isUpdated, settled: isInSync },
    { title: 'changed by hand, repaired', act: shorten, happened: isUpdated },
    { title: 'undeclared, reported', act: forget, happened: isOrphan(`kafka/topic/${forgotten}`) },
    { title: 'a bad file refused', act: () => write(text.replace('},', '}')), happened: isRefused },
    { title: 'last good kept, still repaired', act: shorten, happened: isUpdated },
    { title: 'the file mended, in sync', act: () => write(text), happened: isInSync }
  ]
}
