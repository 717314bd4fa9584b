/**
 * One Kafka node as a process that tests can stop, kill, pause and start again.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { smallJvm } from './java.ts'
import { propertiesText } from './kafka-config.ts'
import { liveBrokers } from './kafka-probe.ts'
import { run, startServer, waitUntilReady } from './process.ts'

/** A node of a running cluster. Its ports and its data stay the same over a restart. */
export interface KafkaNode {
  readonly id: number
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  /** Of the plaintext listener. */
  readonly port: number
  /** File with the node's output. */
  readonly log: string
  /** Resolves when it answers and sees `brokers` brokers alive, by default at least itself. Throws after 90 s. */
  ready(brokers?: number): Promise<void>
  /** Clean shutdown; resolves when the process is gone. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Stops it when it runs, starts it, and resolves when it answers. Alone of three, without a quorum, it never does. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): Promise<void>
  resume(): void
}

/** Everything that is fixed when a node is made. */
export interface NodeSetup {
  readonly id: number
  readonly port: number
  readonly directory: string
  /** Class path directory. */
  readonly jars: string
  /** e.g. `256m` */
  readonly heap: string
  readonly properties: Readonly<Record<string, string>>
  /** Arguments of StorageTool format beside the file. */
  readonly format: readonly string[]
}

/** `java` arguments that run one class of the jars, quiet but for warnings. */
export function javaArguments(jars: string, mainClass: string, heap: string, temporary: string): string[] {
  const logging = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true']
  return [...smallJvm(heap, temporary), ...logging, '-cp', join(jars, '*'), mainClass]
}

const propertiesFile = ({ directory }: NodeSetup) => join(directory, 'server.properties')

/** Writes the node's properties and formats its data directory. */
export async function formatNode(setup: NodeSetup): Promise<void> {
  const { directory, jars } = setup
  const file = propertiesFile(setup)
  await mkdir(directory, { recursive: true })
  await writeFile(file, propertiesText(setup.properties))
  const args = [
    ...javaArguments(jars, 'kafka.tools.StorageTool', '128m', directory),
    'format',
    '-c',
    file,
    ...setup.format
  ]
  await run('java', args, { name: `Formatting Kafka node ${setup.id}`, cwd: directory, timeoutMs: 90_000 })
}

/** Starts a formatted node and does not wait until it is ready: of three, none is before a second one runs. */
export async function startNode(setup: NodeSetup): Promise<KafkaNode> {
  const { id, port, directory, jars, heap } = setup
  const args = [...javaArguments(jars, 'kafka.Kafka', heap, directory), propertiesFile(setup)]
  const start = () => startServer('java', args, { cwd: directory, log: join(directory, 'server.log') })
  let server = await start()
  const ready = (brokers?: number) => {
    const enough = (alive: readonly number[]) => (brokers === undefined ? alive.includes(id) : alive.length === brokers)
    return waitUntilReady(server, async () => enough(await liveBrokers(port)), { name: `Kafka node ${id}` })
  }
  return {
    id,
    port,
    get pid() {
      return server.pid
    },
    log: server.log,
    ready,
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: async () => {
      await server.stop()
      server = await start()
      await ready()
    },
    pause: () => server.pause(),
    resume: () => server.signal('SIGCONT')
  }
}
