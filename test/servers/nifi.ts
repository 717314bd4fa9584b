/**
 * Real NiFi servers for tests and demo: no containers, only Java and what Maven downloads.
 * @module
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ask, type Access } from './http.ts'
import { findJava } from './java.ts'
import { parts, type NifiVersion } from './nifi-artifacts.ts'
import { writeNifiConfig } from './nifi-config.ts'
import { missingForInstallation, nifiInstallation } from './nifi-distribution.ts'
import { makeStores, nifiUser, type NifiSecurity } from './nifi-security.ts'
import { startNode, type NodeCommand, type NodeProcess } from './node.ts'
import { freePort } from './ports.ts'
import { atExit } from './process.ts'
import { hasOpenssl, type Identity } from './tls.ts'

export { nifiVersions, type NifiVersion } from './nifi-artifacts.ts'
export { nifiIdentities, nifiUser, type NifiSecurity } from './nifi-security.ts'

/** Options of `startNifi`. */
export interface NifiOptions {
  /** Default `2.3.0`. Only 2.3.0 has controller services: see nifi-artifacts.ts. */
  readonly version?: NifiVersion
  /** Default `http`: nobody is asked who he is, and everybody may do everything. */
  readonly security?: NifiSecurity
  /** Size of the heap in MiB, default 256: enough for 100 running flows. */
  readonly heapMb?: number
  /** Lines of nifi.properties that win over ours, e.g. `{'nifi.web.jetty.threads': '10'}`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running server. It is killed, and its files are removed, at the latest when this process ends. */
export interface NifiNode extends NodeProcess {
  readonly version: NifiVersion
  readonly security: NifiSecurity
  /** Without a path, e.g. `http://127.0.0.1:20123`; the API is below `/nifi-api`. */
  readonly url: string
  /** Id of the root process group; it stays over a restart. */
  readonly root: string
  /** Of the only user, with `login`. */
  readonly username?: string
  readonly password?: string
  /** With TLS: trust this one to trust the server. */
  readonly caFile?: string
  /** With `managed`: the certificate of a client who may grant everything, and its key. */
  readonly certFile?: string
  readonly keyFile?: string
  /** With `managed`: the same server for who has no rights until they are granted. */
  readonly guest?: Access
  /** File with the server's output. */
  readonly log: string
  /** Everything it writes is in this directory; gone after `stop`. */
  readonly home: string
  /**
   * SIGKILL; resolves when the process is gone. Flow, queues and port are kept, but for the changes of the last moment: NiFi
   * writes `conf/flow.json.gz` up to a second after it has answered, on a busy machine later.
   */
  kill(): Promise<void>
  /** Shuts it down cleanly when it runs, starts it in the same home on the same port; what ran runs again. */
  restart(): Promise<void>
  /** Kills it and removes its home; the data is not needed any more, so nothing is shut down cleanly. */
  stop(): Promise<void>
}

const defaultVersion = '2.3.0'

/** What must be installed before `startNifi` with these options can succeed; undefined when nothing. */
export async function missingNifiPrerequisites(
  options: Pick<NifiOptions, 'version' | 'security'> = {}
): Promise<string | undefined> {
  const { version = defaultVersion, security = 'http' } = options
  if (security !== 'http' && !(await hasOpenssl())) return 'openssl is not installed: apt-get install openssl'
  return missingForInstallation(version)
}

/** What is known of a server before it runs. */
interface Prepared {
  readonly version: NifiVersion
  readonly home: string
  readonly java: string
  readonly heapMb: number
}

function javaArguments({ version, home, heapMb }: Prepared, managementPort: number): string[] {
  const classPath = ['conf', ...parts[version].classPath.map((directory) => join(directory, '*'))].join(':')
  return [
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    // Halves the CPU time of a start.
    '-XX:TieredStopAtLevel=1',
    // To verify the classes of a release once more takes a sixth of it.
    '-XX:+UnlockDiagnosticVMOptions',
    '-XX:-BytecodeVerificationRemote',
    // Its file in the system's temporary directory would stay behind after a kill.
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${join(home, 'tmp')}`,
    `-Dnifi.properties.file.path=${join(home, 'conf', 'nifi.properties')}`,
    `-Dorg.apache.nifi.bootstrap.config.log.dir=${join(home, 'logs')}`,
    `-Dorg.apache.nifi.management.server.address=127.0.0.1:${managementPort}`,
    '-cp',
    classPath,
    'org.apache.nifi.NiFi'
  ]
}

async function commandFor(prepared: Prepared): Promise<NodeCommand> {
  const { version, home, java } = prepared
  return {
    name: `NiFi ${version}`,
    command: join(java, 'bin', 'java'),
    args: javaArguments(prepared, await freePort()),
    cwd: home,
    log: join(home, 'logs', 'output.log'),
    // 20 to 30 s of computing time, and up to 85 s on a machine that has much else to do.
    timeoutMs: 300_000,
    // Whatever the shell of this process has set for a Java of its own.
    env: { JAVA_TOOL_OPTIONS: '', JDK_JAVA_OPTIONS: '' }
  }
}

/** The directories a server does not make itself, and its libraries where it looks for them. */
async function layOut(home: string, version: NifiVersion): Promise<void> {
  const installation = await nifiInstallation(version)
  await Promise.all(['extensions', 'logs', 'tmp'].map((name) => mkdir(join(home, name))))
  await symlink(join(installation, 'lib'), join(home, 'lib'))
}

/** Chooses the port, writes the configuration, and says who is let in. */
async function configure(
  { version, home, java }: Prepared,
  { security = 'http', settings = {} }: NifiOptions
): Promise<Access & Pick<NifiNode, 'guest'>> {
  const port = await freePort()
  await writeNifiConfig(home, { version, security, port, settings })
  if (security === 'http') return { url: `http://127.0.0.1:${port}` }
  const { server, client, guest } = await makeStores(home, java)
  const trusted = { url: `https://127.0.0.1:${port}`, caFile: server.certFile }
  const shows = ({ certFile, keyFile }: Identity): Access => ({ ...trusted, certFile, keyFile })
  if (security === 'login') return { ...trusted, ...nifiUser }
  return { ...shows(client), guest: shows(guest) }
}

/** The same access with a token in the place of the password. Throws with NiFi's words when it lets nobody in. */
export async function loggedIn({ username, password, ...rest }: Access): Promise<Access> {
  if (username === undefined || password === undefined) return rest
  const form = new URLSearchParams({ username, password })
  const { status, body } = await ask(rest, {
    method: 'POST',
    path: '/nifi-api/access/token',
    body: form,
    timeoutMs: 10_000
  })
  if (status !== 201 || typeof body !== 'string') throw new Error(`no token: HTTP ${status} ${JSON.stringify(body)}`)
  return { ...rest, token: body }
}

/** 1.18.0 answers 409 to the right password until it has made the key it signs tokens with, seconds after its start. */
async function answers(access: Access): Promise<boolean> {
  const { status } = await ask(await loggedIn(access), { path: '/nifi-api/flow/about', timeoutMs: 5_000 })
  return status === 200
}

const rootGroup = z.object({ processGroupFlow: z.object({ id: z.string() }) })

/** Id of the root process group. */
async function rootOf(access: Access): Promise<string> {
  const { body } = await ask(await loggedIn(access), { path: '/nifi-api/flow/process-groups/root' })
  return rootGroup.parse(body).processGroupFlow.id
}

/** Starts a single server on a free port of 127.0.0.1; resolves when it answers. Downloads the version when it must. */
export async function startNifi(options: NifiOptions = {}): Promise<NifiNode> {
  const { version = defaultVersion, security = 'http', heapMb = 256 } = options
  const java = await findJava(parts[version].java)
  if (java === undefined) throw new Error(`no Java ${parts[version].java} or newer was found`)
  const home = await mkdtemp(join(tmpdir(), 'infometis-nifi-'))
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  const forget = atExit(remove)
  const clear = () => {
    remove()
    forget()
  }
  let node: NodeProcess | undefined
  try {
    const prepared = { version, home, java, heapMb }
    await layOut(home, version)
    const access = await configure(prepared, options)
    const command = await commandFor(prepared)
    const started = await startNode(command, () => answers(access))
    node = started
    const stop = () => started.kill().then(clear)
    return Object.assign(started, {
      ...access,
      version,
      security,
      root: await rootOf(access),
      log: command.log,
      home,
      stop
    })
  } catch (error) {
    await node?.kill()
    clear()
    throw error
  }
}
