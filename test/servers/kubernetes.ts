/**
 * A real Kubernetes API server with its etcd, and nothing else: no scheduler, no kubelet, no controllers.
 * @module
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Tool } from './kubernetes-tools.ts'
import { startNode, type NodeProcess } from './node.ts'
import { freePort } from './ports.ts'
import { atExit, run } from './process.ts'
import { selfSigned, type Identity } from './tls.ts'

export interface Kubernetes {
  readonly url: string
  readonly caFile: string
  readonly port: number
  readonly apiServer: NodeProcess
  readonly etcd: NodeProcess
  /** Writes a file that logs the bearer of this token in, below the directory of the server; default the administrator. */
  kubeconfig(token?: string): Promise<string>
  stop(): Promise<void>
}

/** A start takes 3 to 6 s; more on a machine that is busy. */
const startMs = 90_000

/**
 * Starts both in a directory of their own below the temporary one. Only the administrator may log in at first; tokens of service
 * accounts are had from the server itself. SIGTERM waits a minute for open watches, so both are killed when they are stopped.
 */
export async function startKubernetes(tools: Readonly<Record<Tool, string>>): Promise<Kubernetes> {
  const home = await mkdtemp(join(tmpdir(), 'infometis-kubernetes-'))
  const forget = atExit(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const identity = await selfSigned(home, 'server', 'kube-apiserver')
  const admin = randomBytes(16).toString('hex')
  await writeFile(join(home, 'tokens.csv'), `${admin},admin,admin,"system:masters"\n`, { mode: 0o600 })
  const etcdPort = await freePort()
  const etcd = await startEtcd(tools.etcd, home, etcdPort)
  const port = await freePort()
  const apiServer = await startApiServer(tools['kube-apiserver'], { home, port, etcdPort, identity })
  const url = `https://127.0.0.1:${port}`
  return {
    url,
    port,
    caFile: identity.certFile,
    apiServer,
    etcd,
    kubeconfig: async (token = admin) => {
      const file = join(home, `${createHash('sha256').update(token).digest('hex').slice(0, 12)}.kubeconfig`)
      // In one step: others may be reading it.
      const written = `${file}.${randomUUID()}`
      await writeFile(written, kubeconfigOf(url, await readFile(identity.certFile, 'utf8'), token), { mode: 0o600 })
      await rename(written, file)
      return file
    },
    stop: async () => {
      await apiServer.kill()
      await etcd.kill()
      await rm(home, { recursive: true, force: true })
      forget()
    }
  }
}

async function startEtcd(command: string, home: string, port: number): Promise<NodeProcess> {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`]
  const args = [
    `--data-dir=${join(home, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // Data is thrown away; on a slow disk waiting for it makes the API server lose its leases.
    '--unsafe-no-fsync',
    '--logger=zap',
    '--log-level=warn'
  ]
  return startNode(
    { name: 'etcd', command, args, cwd: home, log: join(home, 'etcd.log'), timeoutMs: startMs },
    async () => (await fetch(`${client}/health`)).ok
  )
}

interface ApiServerOptions {
  readonly home: string
  readonly port: number
  readonly etcdPort: number
  readonly identity: Identity
}

async function startApiServer(
  command: string,
  { home, port, etcdPort, identity }: ApiServerOptions
): Promise<NodeProcess> {
  const accounts = await selfSigned(home, 'accounts', 'service-accounts')
  const publicKey = join(home, 'accounts.pub')
  await run('openssl', ['pkey', '-in', accounts.keyFile, '-pubout', '-out', publicKey])
  await mkdir(join(home, 'certs'), { recursive: true })
  const args = [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(home, 'certs')}`,
    `--tls-cert-file=${identity.certFile}`,
    `--tls-private-key-file=${identity.keyFile}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${publicKey}`,
    `--service-account-signing-key-file=${accounts.keyFile}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(home, 'tokens.csv')}`,
    '--allow-privileged=true'
  ]
  const ca = await readFile(identity.certFile)
  return startNode(
    { name: 'kube-apiserver', command, args, cwd: home, log: join(home, 'kube-apiserver.log'), timeoutMs: startMs },
    () => isReady(port, ca)
  )
}

function isReady(port: number, ca: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path: '/readyz', agent: new Agent({ ca }), timeout: 2_000 },
      (response) => {
        response.resume()
        // Without a token the answer is 401 until RBAC knows its own roles, and 200 from then on.
        resolve(response.statusCode === 200)
      }
    )
    request.once('error', () => resolve(false))
    request.once('timeout', () => request.destroy())
  })
}

function kubeconfigOf(server: string, ca: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test'
  })
}
