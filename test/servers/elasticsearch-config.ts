/**
 * The configuration directory of a small Elasticsearch node, and who may log in to it.
 * @module
 */
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identity } from './tls.ts'

/** The super user of a node with security on. */
export const superUser = { username: 'keeper', password: 'keeper-secret' } as const

type Settings = Readonly<Record<string, string>>

/** Everything a configuration is made of. */
export interface NodeConfig {
  readonly directories: Directories
  readonly ports: { readonly http: number; readonly transport: number }
  /** e.g. `512m` */
  readonly heap: string
  /** Asks for a password, over TLS by this certificate. */
  readonly identity?: Identity
  /** Win over everything. */
  readonly settings: Settings
}

/** Where a node keeps its files. */
export interface Directories {
  readonly config: string
  readonly data: string
  readonly logs: string
  readonly temporary: string
}

function security({ identity }: NodeConfig): Settings {
  if (identity === undefined) return { 'xpack.security.enabled': 'false' }
  return {
    'xpack.security.enabled': 'true',
    // Else the first start generates certificates and a password of its own.
    'xpack.security.autoconfiguration.enabled': 'false',
    'xpack.security.transport.ssl.enabled': 'false',
    'xpack.security.http.ssl.enabled': 'true',
    'xpack.security.http.ssl.certificate': identity.certFile,
    'xpack.security.http.ssl.key': identity.keyFile
  }
}

/** The settings both distributions know. */
export function commonSettings({ ports, settings }: Pick<NodeConfig, 'ports' | 'settings'>): Settings {
  return {
    'network.host': '127.0.0.1',
    'transport.port': String(ports.transport),
    // A laptop's disk is often nearly full, and says nothing about our few kilobytes.
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    ...settings
  }
}

/** Flat YAML; a JSON text is a YAML text. */
export function settingsYaml(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('')
}

/** JVM options; the last word on an option is the one that counts. */
function jvmOptions(heap: string): string {
  return [
    `-Xms${heap}`,
    `-Xmx${heap}`,
    '-XX:-UseG1GC',
    '-XX:+UseSerialGC',
    // Halves the CPU time of a start.
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-XX:-HeapDumpOnOutOfMemoryError',
    '-Xlog:disable',
    '-Xlog:all=warning:stderr',
    ''
  ].join('\n')
}

/** A line of the file realm; Elasticsearch takes 1,000 rounds of PBKDF2, which cost nothing. */
function hashed(password: string): string {
  const salt = randomBytes(32)
  const hash = pbkdf2Sync(password, salt, 1_000, 32, 'sha512')
  return `{PBKDF2}1000$${salt.toString('base64')}$${hash.toString('base64')}`
}

/** Writes the configuration of a node beside copies of what the installation at `home` brings. */
export async function writeConfig(home: string, config: NodeConfig): Promise<void> {
  const { directories, ports, heap, identity } = config
  await cp(join(home, 'config'), directories.config, { recursive: true })
  await mkdir(join(directories.config, 'jvm.options.d'), { recursive: true })
  const settings = {
    'cluster.name': `infometis-${ports.http}`,
    'node.name': 'node-1',
    'discovery.type': 'single-node',
    'http.port': String(ports.http),
    'path.data': directories.data,
    'path.logs': directories.logs,
    ...security(config),
    ...commonSettings(config)
  }
  await writeFile(join(directories.config, 'elasticsearch.yml'), settingsYaml(settings))
  await writeFile(join(directories.config, 'jvm.options.d', 'small.options'), jvmOptions(heap))
  if (identity === undefined) return
  await writeFile(join(directories.config, 'users'), `${superUser.username}:${hashed(superUser.password)}\n`)
  await writeFile(join(directories.config, 'users_roles'), `superuser:${superUser.username}\n`)
}
