/**
 * Real Elasticsearch and OpenSearch nodes for tests and demo: no containers, only Java and what Maven downloads.
 * @module
 */
import { existsSync, rmSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { superUser, writeConfig, type Directories, type NodeConfig } from './elasticsearch-config.ts'
import {
  distributionFiles,
  distributions,
  isDistributionCached,
  missingForPlugins,
  type Distribution,
  type ElasticsearchVersion
} from './elasticsearch-distribution.ts'
import {
  embeddedCommand,
  installedCommand,
  openSearchPorts,
  openSearchYaml,
  startElasticsearchNode,
  type ElasticsearchCommand
} from './elasticsearch-node.ts'
import type { ElasticsearchPlugin } from './elasticsearch-plugins.ts'
import type { Access } from './http.ts'
import { findJava } from './java.ts'
import { cacheDirectory, hasMaven } from './maven.ts'
import type { NodeProcess } from './node.ts'
import { freePort } from './ports.ts'
import { atExit, run, type User } from './process.ts'
import { hasOpenssl, selfSigned } from './tls.ts'

export { elasticsearchVersions, type ElasticsearchVersion } from './elasticsearch-distribution.ts'
export { ask, type Access, type Answered, type Asked } from './http.ts'

/** Options of `startElasticsearch`. */
export interface ElasticsearchOptions {
  /** Default `9.4.3`. */
  readonly version?: ElasticsearchVersion
  /** Asks for a password or an API key, over TLS. Default: everybody may do everything. */
  readonly secure?: boolean
  /** Plugins of our own, e.g. `['lifecycle']`; needs a JDK. Default: none. */
  readonly plugins?: readonly ElasticsearchPlugin[]
  /** Node settings that win over ours, e.g. `{'path.repo': '/tmp/x'}`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Size of the heap, default `512m`; a request of 100 MB needs `1g`. */
  readonly heap?: string
}

/** A running node. It is killed, and its files are removed, at the latest when this process ends. */
export interface ElasticsearchNode extends Access, NodeProcess {
  readonly distribution: 'elasticsearch' | 'opensearch'
  /** As the server says it, e.g. `9.4.3`. */
  readonly version: string
  /** File with the node's output. */
  readonly log: string
  /** Everything it writes is in these directories; gone after `stop`. */
  readonly directories: readonly string[]
  /** SIGKILL; resolves when the process is gone. Data and port are kept for `restart`. */
  kill(): Promise<void>
  /** Shuts it down cleanly when it runs, starts it with the same data and port, and resolves when it answers. */
  restart(): Promise<void>
  /** Kills it and removes its directories; the data is not needed any more, so nothing is shut down cleanly. */
  stop(): Promise<void>
}

const defaultVersion = '9.4.3'

/** Elasticsearch refuses to run as root: it gets the user nobody then. OpenSearch's runner does not mind. */
function userFor({ kind }: Distribution): User | undefined {
  return kind === 'elasticsearch' && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
}

function nearestExisting(directory: string): string {
  return existsSync(directory) ? directory : nearestExisting(dirname(directory))
}

/** Which of the directories that the node's user must get into it cannot enter, and what to do about it. */
async function unreachable(user: User | undefined, java: string): Promise<string | undefined> {
  if (user === undefined) return undefined
  const places = { INFOMETIS_CACHE: nearestExisting(cacheDirectory()), TMPDIR: tmpdir(), JAVA_HOME: java }
  for (const [variable, directory] of Object.entries(places)) {
    const entered = await run('test', ['-x', directory], { user }).catch(() => undefined)
    if (entered !== undefined) continue
    return `Elasticsearch does not run as root, and user ${user.uid} cannot enter ${directory}: let ${variable} name a directory open to everybody`
  }
  return undefined
}

/** What must be installed before `startElasticsearch` with these options can succeed; undefined when nothing. */
export async function missingElasticsearchPrerequisites(
  options: Pick<ElasticsearchOptions, 'version' | 'secure' | 'plugins'> = {}
): Promise<string | undefined> {
  const version = options.version ?? defaultVersion
  const distribution = distributions[version]
  const java = await findJava(distribution.java)
  if (java === undefined) {
    const looked = 'neither JAVA_HOME nor the path nor /usr/lib/jvm has one'
    return `Java ${distribution.java}+ is needed for ${version}, and ${looked}: install a JDK, e.g. openjdk-21-jre-headless or temurin-25-jdk`
  }
  if (options.secure === true && distribution.kind === 'opensearch') return `${version} has no security here`
  if (options.secure === true && !(await hasOpenssl())) return 'openssl is not installed: apt-get install openssl'
  if (!(await isDistributionCached(distribution)) && !(await hasMaven())) {
    return `Maven is not installed, and the cache lacks ${version}: apt-get install maven`
  }
  return (await missingForPlugins(distribution, options.plugins ?? [])) ?? unreachable(userFor(distribution), java)
}

const memory = { directory: '/dev/shm', needed: 2 ** 30 } as const

/** A new directory in memory where there is room: a write of the cluster state waits for the disk several times. */
async function dataDirectory(fallback: string): Promise<string> {
  const room = await statfs(memory.directory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0
  )
  return mkdtemp(join(room < memory.needed ? fallback : memory.directory, 'infometis-data-'))
}

async function layOut(root: string): Promise<Directories> {
  const below = { config: join(root, 'config'), logs: join(root, 'logs'), temporary: join(root, 'tmp') }
  await Promise.all(Object.values(below).map((directory) => mkdir(directory)))
  return { ...below, data: await dataDirectory(root) }
}

async function hand(user: User, directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    const below = await readdir(directory, { recursive: true })
    await Promise.all(['', ...below].map((name) => chown(join(directory, name), user.uid, user.gid)))
  }
}

/** Writes the configuration and says how to start the node. */
async function prepare(distribution: Distribution, files: string, config: NodeConfig): Promise<ElasticsearchCommand> {
  const java = await findJava(distribution.java)
  if (java === undefined) throw new Error(`no Java ${distribution.java} or newer was found`)
  if (distribution.kind === 'elasticsearch') {
    await writeConfig(files, config)
    return installedCommand(distribution, files, java, config.directories)
  }
  await writeFile(join(config.directories.config, 'opensearch.yml'), openSearchYaml(config))
  return embeddedCommand(files, java, config)
}

/** Chooses ports and makes the certificate. */
async function configure(
  distribution: Distribution,
  options: ElasticsearchOptions,
  directories: Directories
): Promise<NodeConfig> {
  const { secure = false, settings = {}, heap = '512m' } = options
  const http = await freePort(distribution.kind === 'opensearch' ? openSearchPorts : undefined)
  const identity = secure ? { identity: await selfSigned(directories.config, 'http', 'localhost') } : {}
  return { directories, ports: { http, transport: await freePort() }, heap, settings, ...identity }
}

function accessTo({ ports, identity }: NodeConfig): Access {
  const host = `127.0.0.1:${ports.http}`
  if (identity === undefined) return { url: `http://${host}` }
  return { url: `https://${host}`, ...superUser, caFile: identity.certFile }
}

/** Starts a single node on a free port of 127.0.0.1; resolves when it answers. Downloads the version when it must. */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<ElasticsearchNode> {
  const version = options.version ?? defaultVersion
  const distribution = distributions[version]
  if (options.secure === true && distribution.kind === 'opensearch') throw new Error(`${version} has no security here`)
  const unfit = await missingForPlugins(distribution, options.plugins ?? [])
  if (unfit !== undefined) throw new Error(unfit)
  const files = await distributionFiles(distribution, options.plugins)
  const root = await mkdtemp(join(tmpdir(), 'infometis-elasticsearch-'))
  const roots = [root]
  const remove = () => roots.forEach((directory) => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  const forget = atExit(remove)
  const clear = () => {
    remove()
    forget()
  }
  try {
    const directories = await layOut(root)
    roots.push(directories.data)
    const config = await configure(distribution, options, directories)
    const command = await prepare(distribution, files, config)
    const user = userFor(distribution)
    if (user !== undefined) await hand(user, roots)
    const log = join(directories.logs, 'output.log')
    const access = accessTo(config)
    const node = await startElasticsearchNode(
      `Elasticsearch ${version}`,
      command,
      { log, ...(user && { user }) },
      access
    )
    const stop = () => node.kill().then(clear)
    return Object.assign(node, {
      ...access,
      distribution: distribution.kind,
      version: distribution.number,
      log,
      directories: roots,
      stop
    })
  } catch (error) {
    clear()
    throw error
  }
}
