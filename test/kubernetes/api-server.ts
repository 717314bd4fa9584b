/**
 * As much of a Kubernetes API server as the sidecar asks for, in memory: ConfigMaps, Leases and Events of one
 * namespace, with versions, conflicts and managed fields as the real one has them, against which test/e2e runs the same
 * calls.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { FaultServer, type SeenRequest } from '../servers/fault-server.ts'

const metadataSchema = z.looseObject({
  name: z.string(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional()
})
const objectSchema = z.looseObject({ metadata: metadataSchema })
type ApiObject = z.output<typeof objectSchema>

interface Answer {
  readonly status: number
  readonly body: unknown
}

const path = /^\/apis?\/(?:[^/]+\/)?v1\/namespaces\/([^/]+)\/(configmaps|leases|events)(?:\/([^/]+))?$/

export class ApiServer {
  readonly namespace = 'here'
  readonly http: FaultServer
  readonly #home: string
  readonly #objects = new Map<string, ApiObject>()
  #version = 0

  private constructor(http: FaultServer, home: string) {
    this.http = http
    this.#home = home
  }

  /** Listens on a port of its own. */
  static async start(): Promise<ApiServer> {
    let server: ApiServer | undefined
    const http = await FaultServer.start({}, (request) => {
      const { status, body } = server?.answer(request) ?? failure(503, 'starting')
      return Promise.resolve({
        status,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(`${JSON.stringify(body)}\n`)
      })
    })
    server = new ApiServer(http, await mkdtemp(join(tmpdir(), 'infometis-api-')))
    await writeFile(server.kubeconfig, JSON.stringify(kubeconfigOf(http.url)))
    return server
  }

  /** A file that says how to reach it. */
  get kubeconfig(): string {
    return join(this.#home, 'kubeconfig')
  }

  /** The client library reads it from the process. Runs `work` with it. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const before = process.env['KUBECONFIG']
    process.env['KUBECONFIG'] = this.kubeconfig
    try {
      return await work()
    } finally {
      if (before === undefined) delete process.env['KUBECONFIG']
      else process.env['KUBECONFIG'] = before
    }
  }

  /** What is kept of a kind. */
  all(kind: 'configmaps' | 'leases' | 'events'): readonly ApiObject[] {
    return [...this.#objects].flatMap(([key, object]) => (key.startsWith(`${kind}/`) ? [object] : []))
  }

  /** Somebody else applies a ConfigMap. */
  applyConfigMap(name: string, data: Readonly<Record<string, string>>, at = new Date()): void {
    const entry = { manager: 'kubectl', operation: 'Apply', time: at.toISOString() }
    this.#store('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, managedFields: [entry] }, data })
  }

  delete(kind: 'configmaps' | 'leases', name: string): void {
    this.#objects.delete(`${kind}/${name}`)
  }

  async stop(): Promise<void> {
    await this.http.stop()
    await rm(this.#home, { recursive: true, force: true })
  }

  answer({ method, path: asked, query, body }: SeenRequest): Answer {
    const [, namespace, kind, name] = path.exec(asked) ?? []
    if (kind === undefined) return failure(404, 'the server could not find the requested resource')
    if (namespace !== this.namespace) return failure(404, `namespaces "${namespace}" not found`)
    if (method === 'GET' && query.includes('watch=true')) return this.#watch(kind, query)
    const present = this.#objects.get(`${kind}/${name}`)
    if (method === 'POST') return this.#create(kind, objectSchema.parse(JSON.parse(body)))
    if (present === undefined) return failure(404, `${kind} "${name}" not found`)
    if (method === 'GET') return { status: 200, body: present }
    return this.#change(kind, present, { method, query, given: JSON.parse(body) })
  }

  /** What is there, and then the watch ends, as servers end them. */
  #watch(kind: string, query: string): Answer {
    const [, selected = ''] = /fieldSelector=metadata\.name(?:%3D|=)([^&]+)/.exec(query) ?? []
    const object = this.#objects.get(`${kind}/${decodeURIComponent(selected)}`)
    return { status: 200, body: object === undefined ? {} : { type: 'ADDED', object } }
  }

  #create(kind: string, given: ApiObject): Answer {
    const { name } = given.metadata
    if (this.#objects.has(`${kind}/${name}`)) return failure(409, `${kind} "${name}" already exists`)
    return { status: 201, body: this.#store(kind, given) }
  }

  /** A PUT, or a JSON merge patch, as far as metadata go. */
  #change(
    kind: string,
    present: ApiObject,
    { method, query, given }: { readonly method: string; readonly query: string; readonly given: unknown }
  ): Answer {
    const { metadata = {}, ...rest } = z.looseObject({ metadata: metadataSchema.partial().optional() }).parse(given)
    const { uid, resourceVersion } = present.metadata
    const isMeant = (metadata.resourceVersion ?? resourceVersion) === resourceVersion && (metadata.uid ?? uid) === uid
    if (!isMeant) return failure(409, `the object has been modified; please apply your changes to the latest version`)
    if (method === 'PUT')
      return {
        status: 200,
        body: this.#store(kind, {
          ...rest,
          metadata: { ...present.metadata, ...metadata, name: present.metadata.name }
        })
      }
    const [, manager = 'unknown'] = /fieldManager=([^&]+)/.exec(query) ?? []
    const before = z
      .array(z.looseObject({ manager: z.string() }))
      .catch([])
      .parse(present.metadata['managedFields'])
    const own = { manager, operation: 'Update', time: `${new Date().toISOString().slice(0, 19)}Z` }
    const managedFields = [...before.filter((entry) => entry.manager !== manager), own]
    const annotations = { ...present.metadata.annotations, ...metadata.annotations }
    return {
      status: 200,
      body: this.#store(kind, { ...present, ...rest, metadata: { ...present.metadata, annotations, managedFields } })
    }
  }

  #store(kind: string, object: ApiObject): ApiObject {
    this.#version += 1
    const { uid = randomUUID() } = this.#objects.get(`${kind}/${object.metadata.name}`)?.metadata ?? {}
    const stored = {
      ...object,
      metadata: { ...object.metadata, namespace: this.namespace, uid, resourceVersion: String(this.#version) }
    }
    this.#objects.set(`${kind}/${object.metadata.name}`, stored)
    return stored
  }
}

function failure(code: number, message: string): Answer {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message } }
}

function kubeconfigOf(server: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'pod', user: { token: 'none' } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'pod' } }],
    'current-context': 'here'
  }
}
