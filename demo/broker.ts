/**
 * A real broker for the demonstration: the one that is given, else a container, else Java with jars from Maven.
 * @module
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { missingPrerequisites, startKafka } from '../test/servers/kafka.ts'
import { freePort } from '../test/servers/ports.ts'

const execute = promisify(execFile)
const image = 'apache/kafka:4.3.1'

export interface Broker {
  readonly bootstrap: string
  /** How it came to be, for people. */
  readonly origin: string
  /** Whether the broker is somebody else's, so that only what is ours may be looked at. */
  readonly shared: boolean
  stop(): Promise<void>
}

/** Throws with what to install when there is no way to a broker. */
export async function openBroker(): Promise<Broker> {
  const given = process.env['KAFKA_BOOTSTRAP_SERVERS']
  if (given !== undefined && given !== '') {
    return { bootstrap: given, origin: 'the broker named by KAFKA_BOOTSTRAP_SERVERS', shared: true, stop: () => Promise.resolve() }
  }
  const engine = await findEngine()
  if (engine !== undefined) return startContainer(engine)
  const missing = await missingPrerequisites({})
  if (missing !== undefined) throw new Error(`${missing} Or start docker or podman, or name a broker with KAFKA_BOOTSTRAP_SERVERS.`)
  const cluster = await startKafka({})
  return { bootstrap: cluster.bootstrap, origin: `Kafka ${cluster.version} on Java`, shared: false, stop: () => cluster.stop() }
}

/** An engine that answers, not only a client that is installed. */
async function findEngine(): Promise<string | undefined> {
  for (const engine of ['docker', 'podman']) {
    try {
      await execute(engine, ['info'], { timeout: 5_000 })
      return engine
    } catch {
      continue
    }
  }
  return undefined
}

async function startContainer(engine: string): Promise<Broker> {
  const port = await freePort()
  const settings = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1'
  }
  const variables = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const { stdout } = await execute(engine, ['run', '-d', '--rm', '-p', `127.0.0.1:${port}:9092`, ...variables, image])
  const id = stdout.trim()
  const stop = async (): Promise<void> => {
    await execute(engine, ['rm', '-f', id])
  }
  return { bootstrap: `127.0.0.1:${port}`, origin: `${image} in ${engine}`, shared: false, stop }
}
