/**
 * Requests to a cluster: bounded in number, each with a deadline, with credentials that rotate, and an answer or a known
 * error for everything that can happen on the way.
 * @module
 */
import pLimit from 'p-limit'
import {
  addressOf,
  CredentialWatch,
  loadPeer,
  ReconcileError,
  requestDeadline,
  toReconcileError,
  within
} from '../../../src/plugin.ts'
import type { ClusterNode } from './cluster-node.ts'
import type { Answer, Lane, Link, Request } from './link.ts'
import type { ConnectionSettings } from './settings.ts'
import { resolveCredentials, type Credentials } from './credentials.ts'

/**
 * In each lane. The master works on queued changes in batches: eight at once are several times faster than one after the
 * other.
 */
const mostInFlight = 8
/** Another node may not have this fault: the next request goes there. */
const nodeFaults: ReadonlySet<string> = new Set(['UNREACHABLE', 'TIMEOUT', 'CERTIFICATE', 'UNAVAILABLE'])

export class ClientLink implements Link {
  readonly patience: Link['patience']
  readonly #settings: ConnectionSettings
  readonly #credentials: CredentialWatch<Credentials>
  readonly #turns = { reading: pLimit(mostInFlight), writing: pLimit(mostInFlight) }
  #closing = new AbortController()
  #current: { readonly nodes: readonly ClusterNode[]; readonly fingerprint: string } | undefined
  /** Which node is asked first: the same one as long as it answers, so that we read what we wrote. */
  #preferred = 0

  /** Connects to nothing yet. `now` in ms, monotonic: mounted credentials are read again when they are a second old. */
  constructor(settings: ConnectionSettings, now?: () => number) {
    this.#settings = settings
    this.#credentials = new CredentialWatch(() => resolveCredentials(settings), now)
    const shorter = `${Math.max(1, Math.floor(settings.requestTimeout * 0.9))}ms`
    this.patience = { timeout: shorter, master_timeout: shorter }
  }

  ask(request: Request, signal: AbortSignal, lane: Lane = 'reading'): Promise<Answer> {
    const caller = AbortSignal.any([signal, this.#closing.signal])
    return within(describe(request), caller, () =>
      this.#turns[lane](async () => {
        caller.throwIfAborted()
        const nodes = await this.#nodes(caller)
        const deadline = requestDeadline(this.#settings.requestTimeout, caller)
        return this.#askNodes(nodes, request, deadline.until).finally(deadline.done)
      })
    )
  }

  async close(): Promise<void> {
    const nodes = this.#current?.nodes ?? []
    this.#current = undefined
    this.#closing.abort()
    this.#closing = new AbortController()
    await Promise.all(nodes.map((node) => node.close()))
  }

  async #askNodes(nodes: readonly ClusterNode[], request: Request, deadline: AbortSignal): Promise<Answer> {
    const inOrder = [...nodes.slice(this.#preferred), ...nodes.slice(0, this.#preferred)]
    const failures: ReconcileError[] = []
    for (const node of request.method === 'GET' ? inOrder : inOrder.slice(0, 1)) {
      try {
        const answer = await within(describe(request, node.url), deadline, () => node.ask(request, deadline))
        if (answer.status >= 502 && answer.status <= 504) this.#leave(nodes, node)
        return answer
      } catch (error) {
        const reason = toReconcileError(error)
        if (reason.code === 'AUTHENTICATION') this.#credentials.forget()
        if (nodeFaults.has(reason.code)) this.#leave(nodes, node)
        failures.push(reason)
        if (reason.code !== 'UNREACHABLE') break
      }
    }
    throw together(failures)
  }

  /** Unless another request has done so already. */
  #leave(nodes: readonly ClusterNode[], node: ClusterNode): void {
    const at = nodes.indexOf(node)
    if (this.#preferred === at) this.#preferred = (at + 1) % nodes.length
  }

  async #nodes(caller: AbortSignal): Promise<readonly ClusterNode[]> {
    const credentials = await this.#credentials.current()
    // Loaded when it is needed: `validate` and `schema` need no client of Elasticsearch.
    const { ClusterNode: Node } = await loadPeer('@elastic/elasticsearch', () => import('./cluster-node.ts'))
    // From here on nothing is awaited: requests that begin together must not connect each for itself.
    caller.throwIfAborted()
    if (this.#current?.fingerprint !== credentials.fingerprint) {
      const outdated = this.#current?.nodes ?? []
      // One client for each node: the client's own choice among nodes comes back to one that is dead.
      this.#current = {
        nodes: this.#settings.urls.map((url) => new Node(url, this.#settings, credentials)),
        fingerprint: credentials.fingerprint
      }
      for (const node of outdated) void node.retire()
    }
    return this.#current.nodes
  }
}

/** The request by name; a path may hold thousands of names. */
function describe({ method, path }: Request, url?: URL): string {
  return `${method} ${url === undefined ? '' : addressOf(url)}${path.length > 80 ? `${path.slice(0, 80)}…` : path}`
}

function together(failures: readonly ReconcileError[]): ReconcileError {
  const last = failures.at(-1)
  if (last === undefined) return new ReconcileError('INTERNAL', 'no address to ask')
  return failures.length === 1
    ? last
    : new ReconcileError(last.code, failures.map(({ message }) => message).join('; '), { cause: last })
}
