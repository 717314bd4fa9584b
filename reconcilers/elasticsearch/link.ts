/**
 * Requests to a cluster: bounded in number, each with a deadline, with credentials that rotate, and an answer or a known
 * error for everything that can happen on the way.
 * @module
 */
import type { Client } from '@elastic/elasticsearch'
import pLimit from 'p-limit'
import type { Json } from '../../src/contract.ts'
import { ReconcileError } from '../../src/errors.ts'
import { CredentialWatch } from '../../src/run/credentials.ts'
import { within } from '../../src/run/deadline.ts'
import { isBody } from './body.ts'
import type { ConnectionSettings } from './connection.ts'
import { resolveCredentials, type Credentials } from './credentials.ts'
import { noAnswer } from './no-answer.ts'
import { reasonOf, refusalOf } from './refusal.ts'

/** One request; `path` is encoded already. */
export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Json
}

/** What the server said, whether it did what it was asked or refused. */
export interface Answer {
  readonly status: number
  readonly body: Json
  /** How long the server wants to be left alone, in ms. */
  readonly retryAfterMs?: number
}

/** As much of a connection as reading and writing need. */
export interface Link {
  /**
   * The answer to one request, refusals included. Throws UNREACHABLE, TIMEOUT (also when `signal` aborts), CERTIFICATE,
   * AUTHENTICATION, or UNAVAILABLE when what answered is no Elasticsearch. Never tries a write again by itself.
   */
  ask(request: Request, signal: AbortSignal): Promise<Answer>
  /** What lets the server give up a change of the cluster state before we do: for the query of every such request. */
  readonly patience: Readonly<Record<'timeout' | 'master_timeout', string>>
  close(): Promise<void>
}

/** The master works on queued changes in batches: eight at once are several times faster than one after the other. */
const mostInFlight = 8
const allRefusals = Array.from({ length: 200 }, (_, index) => 400 + index)

export class ClientLink implements Link {
  readonly patience: Link['patience']
  readonly #settings: ConnectionSettings
  readonly #credentials: CredentialWatch<Credentials>
  readonly #turn = pLimit(mostInFlight)
  #current: { readonly client: Client; readonly fingerprint: string } | undefined

  /** Connects to nothing yet. */
  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#credentials = new CredentialWatch(() => resolveCredentials(settings))
    const shorter = `${Math.max(1, Math.floor(settings.requestTimeout * 0.9))}ms`
    this.patience = { timeout: shorter, master_timeout: shorter }
  }

  ask(request: Request, signal: AbortSignal): Promise<Answer> {
    const what = `${request.method} ${request.path.slice(0, 80)}`
    return within(what, signal, () =>
      this.#turn(async () => {
        signal.throwIfAborted()
        const client = await this.#client()
        const deadline = AbortSignal.any([signal, AbortSignal.timeout(this.#settings.requestTimeout)])
        return this.#judge(await within(what, deadline, () => send(client, request, this.#retriesOf(request), deadline)))
      })
    )
  }

  async close(): Promise<void> {
    await this.#current?.client.close()
    this.#current = undefined
  }

  /** A reading that found no connection is asked of every node in turn. */
  #retriesOf({ method }: Request): number {
    return method === 'GET' ? this.#settings.urls.length - 1 : 0
  }

  async #client(): Promise<Client> {
    const credentials = await this.#credentials.current()
    if (this.#current?.fingerprint !== credentials.fingerprint) {
      const outdated = this.#current?.client
      // Loaded when it is needed: `validate` and `schema` need no client.
      const { makeClient } = await import('./client.ts')
      this.#current = { client: makeClient(this.#settings, credentials), fingerprint: credentials.fingerprint }
      // What is in flight on the old one ends by itself.
      void outdated?.close()
    }
    return this.#current.client
  }

  #judge(answer: Answer): Answer {
    if (answer.status === 401) {
      this.#credentials.forget()
      throw new ReconcileError('AUTHENTICATION', `the server refuses the credentials: ${reasonOf(answer)}`)
    }
    if (isBody(answer.body)) return answer
    if (answer.status >= 400) throw refusalOf(answer)
    throw new ReconcileError('UNAVAILABLE', 'expected JSON, found another content; is this the address of Elasticsearch?')
  }
}

async function send(client: Client, { method, path, query, body }: Request, maxRetries: number, signal: AbortSignal): Promise<Answer> {
  try {
    const answer = await client.transport.request(
      { method, path, ...(query === undefined ? {} : { querystring: query }), ...(isBody(body) ? { body } : {}) },
      { meta: true, ignore: allRefusals, maxRetries, signal }
    )
    const seconds = Number(answer.headers?.['retry-after'] ?? Number.NaN)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed from JSON by the client, or text
    return { status: answer.statusCode, body: answer.body as Json, ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}) }
  } catch (error) {
    throw noAnswer(error)
  }
}
