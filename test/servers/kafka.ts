/**
 * Real Kafka clusters for tests, demo and benchmarks: no containers, only Java and jars from Maven.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { javaVersion } from './java.ts'
import { nodeProperties, scramArguments, users, type Certificates, type Layout, type Ports } from './kafka-config.ts'
import { formatNode, javaArguments, startNode, type KafkaNode, type NodeSetup } from './kafka-node.ts'
import { hasMaven, isCached, mavenJars, type JarSet } from './maven.ts'
import { freePort } from './ports.ts'
import { atExit, run } from './process.ts'
import { hasOpenssl, selfSigned } from './tls.ts'

/** Versions this launcher is known to start. */
export const kafkaVersions = ['3.9.2', '4.3.1', '4.4.0'] as const
export type KafkaVersion = (typeof kafkaVersions)[number]

const defaultVersion = '4.4.0'

/** Options of `startKafka`. */
export interface KafkaOptions {
  /** Default `4.4.0`. */
  readonly version?: KafkaVersion
  /** Default 1. Three nodes have replication factor 3 and min.insync.replicas 2. */
  readonly nodes?: 1 | 3
  /** Adds SASL, TLS and ACLs; see `SecureKafka`. Default false. */
  readonly secure?: boolean
  /** Topics may be tiered, to a directory beside the data; `KafkaCluster.remote` names it. Not published for 4.4.0. */
  readonly tiered?: boolean
  /** A port of 127.0.0.1 something else listens on: a second plaintext listener sends its clients there. */
  readonly tap?: number
  /** Largest heap of each node, default `256m`: enough for 2,000 topics. */
  readonly heap?: string
  /** Broker properties that win over ours, on every node. */
  readonly properties?: Readonly<Record<string, string>>
}

/** The ways into a secured cluster, each `host:port,...`. */
export interface SecureKafka {
  /** Nobody logs in and everything is allowed: the back door of the tests. */
  readonly plaintext: string
  readonly saslPlaintext: string
  readonly saslSsl: string
  /** Asks for a client certificate and goes on without one; everything is allowed either way. */
  readonly ssl: string
  /** Demands the client certificate; everything is allowed. */
  readonly mutualTls: string
  /** Trust this one to trust the server. */
  readonly caFile: string
  /** A client certificate (`CN=client`, a super user); it is self-signed, so as a CA it is a wrong one. */
  readonly certFile: string
  readonly keyFile: string
  readonly users: typeof users
}

/** A running cluster. It is killed, and its files are removed, at the latest when this process ends. */
export interface KafkaCluster {
  readonly version: KafkaVersion
  /** `host:port,...` of the plaintext listeners. */
  readonly bootstrap: string
  readonly nodes: readonly KafkaNode[]
  readonly clusterId: string
  /** Data, logs and certificates; gone after `stop`. */
  readonly dir: string
  readonly secure?: SecureKafka
  /** Where tiered topics keep their remote segments. */
  readonly remote?: string
  /** `host:port` of the listener that sends its clients to `tapPort`. */
  readonly tapped?: string
  /** `KafkaOptions.tap` */
  readonly tapPort?: number
  /** Kills all nodes and removes `dir`; the data is not needed any more, so nothing is shut down cleanly. */
  stop(): Promise<void>
}

/**
 * Kafka's own command-line tools, always of this version: 4.4.0's are not published, and as ordinary clients they
 * serve brokers of every version here.
 */
export const toolsVersion = '4.3.1'

/** Class names of the tools, at `toolsVersion`. */
export const kafkaTools = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  configs: 'kafka.admin.ConfigCommand',
  acls: 'org.apache.kafka.tools.AclCommand'
} as const

function jarSet(version: KafkaVersion): JarSet {
  const pom = fileURLToPath(new URL('kafka.pom.xml', import.meta.url))
  return { pom, properties: { 'kafka.version': version }, name: `kafka/${version}` }
}

function tieredJarSet(version: KafkaVersion): JarSet {
  const pom = fileURLToPath(new URL('kafka-tiered.pom.xml', import.meta.url))
  return { pom, properties: { 'kafka.version': version }, name: `kafka/tiered-${version}` }
}

/** The directory with a remote storage for brokers of this version; downloads 4 MB the first time. */
export function tieredJars(version: KafkaVersion): Promise<string> {
  return mavenJars(tieredJarSet(version))
}

/** Properties of a broker that tiers topics to `remote`, and looks for segments to copy or delete twice a second. */
async function tiering(version: KafkaVersion, remote: string): Promise<Readonly<Record<string, string>>> {
  await mkdir(remote)
  return {
    'remote.log.storage.system.enable': 'true',
    'remote.log.storage.manager.class.name': 'org.apache.kafka.server.log.remote.storage.LocalTieredStorage',
    'remote.log.storage.manager.class.path': join(await tieredJars(version), '*'),
    'remote.log.storage.manager.impl.prefix': 'rsm.config.',
    'rsm.config.dir': remote,
    'remote.log.metadata.manager.listener.name': 'PLAINTEXT',
    'rlmm.config.remote.log.metadata.topic.num.partitions': '1',
    'rlmm.config.remote.log.metadata.topic.replication.factor': '1',
    'remote.log.manager.task.interval.ms': '500',
    'log.retention.check.interval.ms': '500',
    'log.initial.task.delay.ms': '500'
  }
}

/** The directory with the jars of a broker; downloads about 45 MB the first time. */
export function kafkaJars(version: KafkaVersion): Promise<string> {
  return mavenJars(jarSet(version))
}

/** What must be installed before a cluster with these options (and `kafkaTool`) can run; undefined when nothing. */
export async function missingPrerequisites(
  options: Pick<KafkaOptions, 'version' | 'secure' | 'tiered'> & { readonly tools?: boolean } = {}
): Promise<string | undefined> {
  const java = await javaVersion()
  const found = java === undefined ? 'not installed' : `needed, and \`java\` is ${java}`
  if (java === undefined || java < 17) return `Java 17+ is ${found}: apt-get install openjdk-17-jre-headless maven`
  if (options.secure === true && !(await hasOpenssl())) return 'openssl is not installed: apt-get install openssl'
  const versions = new Set<KafkaVersion>([options.version ?? defaultVersion])
  if (options.tools === true) versions.add(toolsVersion)
  const sets = [...versions].map(jarSet)
  if (options.tiered === true) sets.push(tieredJarSet(options.version ?? defaultVersion))
  const cached = await Promise.all(sets.map((set) => isCached(set)))
  if (cached.every(Boolean) || (await hasMaven())) return undefined
  return `Maven is not installed, and the cache lacks jars of Kafka ${[...versions].join(' or ')}: apt-get install maven`
}

/** 16 random bytes as Kafka writes them; the zero keeps a leading `-` away, which tools take for a flag. */
function newClusterId(): string {
  return Buffer.concat([Buffer.from([0]), randomBytes(15)]).toString('base64url')
}

async function choosePorts(secure: boolean, isTapped: boolean): Promise<Ports> {
  const ports = {
    PLAINTEXT: await freePort(),
    CONTROLLER: await freePort(),
    ...(isTapped && { TAPPED: await freePort() })
  }
  if (!secure) return ports
  return {
    ...ports,
    SASL_PLAINTEXT: await freePort(),
    SASL_SSL: await freePort(),
    SSL: await freePort(),
    MUTUAL_TLS: await freePort()
  }
}

async function layOut(dir: string, nodes: number, secure: boolean, tap: number | undefined): Promise<Layout[]> {
  const layouts: Layout[] = []
  for (let id = 1; id <= nodes; id++) {
    const ports = await choosePorts(secure, tap !== undefined)
    layouts.push({ id, directory: join(dir, `node-${id}`), ports, ...(tap !== undefined && { tap }) })
  }
  return layouts
}

function addresses(layouts: readonly Layout[], listener: keyof Ports): string {
  return layouts.map(({ ports }) => `127.0.0.1:${ports[listener]}`).join(',')
}

function describeSecurity(layouts: readonly Layout[], { server, client }: Certificates): SecureKafka {
  return {
    plaintext: addresses(layouts, 'PLAINTEXT'),
    saslPlaintext: addresses(layouts, 'SASL_PLAINTEXT'),
    saslSsl: addresses(layouts, 'SASL_SSL'),
    ssl: addresses(layouts, 'SSL'),
    mutualTls: addresses(layouts, 'MUTUAL_TLS'),
    caFile: server.certFile,
    certFile: client.certFile,
    keyFile: client.keyFile,
    users
  }
}

async function makeCertificates(dir: string): Promise<Certificates> {
  const [server, client] = await Promise.all([
    selfSigned(dir, 'server', 'localhost'),
    selfSigned(dir, 'client', 'client')
  ])
  return { server, client }
}

/** Formats all nodes, then starts all: three nodes need each other to become ready. */
async function startNodes(setups: readonly NodeSetup[], started: KafkaNode[]): Promise<void> {
  const formatted = await Promise.allSettled(setups.map(formatNode))
  const failed = formatted.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  for (const setup of setups) started.push(await startNode(setup))
  await Promise.all(started.map((node) => node.ready(setups.length)))
}

/** Starts a cluster on free ports of 127.0.0.1; resolves when every node answers and sees all the others. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const { version = defaultVersion, nodes: count = 1, secure = false, heap = '256m', tap } = options
  const jars = await kafkaJars(version)
  const dir = await mkdtemp(join(tmpdir(), 'infometis-kafka-'))
  const removeDir = () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  const forget = atExit(removeDir)
  const nodes: KafkaNode[] = []
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()))
    removeDir()
    forget()
  }
  try {
    const layouts = await layOut(dir, count, secure, tap)
    const certificates = secure ? await makeCertificates(dir) : undefined
    const remote = options.tiered === true ? join(dir, 'remote') : undefined
    const properties = { ...(remote !== undefined && (await tiering(version, remote))), ...options.properties }
    const clusterId = newClusterId()
    const format = ['-t', clusterId, ...(secure ? scramArguments : [])]
    const setups = layouts.map((layout) => ({
      id: layout.id,
      port: layout.ports.PLAINTEXT,
      directory: layout.directory,
      jars,
      heap,
      format,
      properties: nodeProperties(layout, layouts, certificates, properties)
    }))
    await startNodes(setups, nodes)
    const access = {
      ...(certificates && { secure: describeSecurity(layouts, certificates) }),
      ...(remote !== undefined && { remote }),
      ...(tap !== undefined && { tapped: addresses(layouts, 'TAPPED'), tapPort: tap })
    }
    return { version, bootstrap: addresses(layouts, 'PLAINTEXT'), nodes, clusterId, dir, ...access, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Runs one of Kafka's command-line classes against the cluster's plaintext listeners and gives its stdout.
 * Throws with the last lines of its output when it fails.
 */
export async function kafkaTool(cluster: KafkaCluster, mainClass: string, args: readonly string[]): Promise<string> {
  const jars = await kafkaJars(toolsVersion)
  const java = javaArguments(jars, mainClass, '256m', cluster.dir)
  const { stdout } = await run('java', [...java, '--bootstrap-server', cluster.bootstrap, ...args], {
    name: mainClass,
    timeoutMs: 120_000
  })
  return stdout
}
