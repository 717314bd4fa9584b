/**
 * Requests to a NiFi: readings bounded in number, each with a deadline, with credentials that rotate, and an answer or a known error
 * for everything that can happen on the way.
 * @module
 */
import { randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { addressOf, CredentialWatch, loadPeer, toReconcileError, within } from '../../../src/plugin.ts'
import type { ConnectionSettings } from './settings.ts'
import { resolveCredentials, type Credentials } from './credentials.ts'
import type { Answer, Link, Request } from './link.ts'
import type { Session } from './session.ts'

/** Readings in flight at once. Whoever calls bounds the number of writes: none of them, however long it takes, delays a reading. */
const mostReadings = 8

export class ClientLink implements Link {
  readonly clientId: string
  readonly #settings: ConnectionSettings
  readonly #credentials: CredentialWatch<Credentials>
  readonly #turn = pLimit(mostReadings)
  #closing = new AbortController()
  #current: { readonly session: Session; readonly fingerprint: string } | undefined

  /** Connects to nothing yet. */
  constructor(settings: ConnectionSettings, clientId: string = randomUUID()) {
    this.#settings = settings
    this.clientId = clientId
    this.#credentials = new CredentialWatch(() => resolveCredentials(settings))
  }

  ask(request: Request, signal: AbortSignal): Promise<Answer> {
    const caller = AbortSignal.any([signal, this.#closing.signal])
    const asked = (): Promise<Answer> => this.#askInTime(request, caller)
    return within(this.#describe(request), caller, () => (request.method === 'GET' ? this.#turn(asked) : asked()))
  }

  close(): Promise<void> {
    this.#current?.session.close()
    this.#current = undefined
    this.#closing.abort()
    this.#closing = new AbortController()
    return Promise.resolve()
  }

  async #askInTime(request: Request, caller: AbortSignal): Promise<Answer> {
    caller.throwIfAborted()
    const session = await this.#session(caller)
    const deadline = AbortSignal.any([caller, AbortSignal.timeout(this.#settings.requestTimeout)])
    const { status, body } = await within(this.#describe(request), deadline, async () => {
      try {
        return await session.ask(request, deadline)
      } catch (error) {
        const next = await this.#nextAfter(error, session, request, deadline)
        if (next === undefined) throw error
        return next.ask(request, deadline)
      }
    })
    return { status, body }
  }

  /** Where the request may be sent once more: credentials may just have been replaced, a connection may have gone stale. */
  async #nextAfter(
    error: unknown,
    session: Session,
    { method }: Request,
    deadline: AbortSignal
  ): Promise<Session | undefined> {
    const { code } = toReconcileError(error)
    if (code === 'UNREACHABLE') return method === 'GET' ? session : undefined
    if (code !== 'AUTHENTICATION') return undefined
    this.#credentials.forget()
    const renewed = await this.#session(deadline)
    return renewed === session ? undefined : renewed
  }

  async #session(caller: AbortSignal): Promise<Session> {
    const credentials = await this.#credentials.current()
    // Loaded when it is needed: `validate` and `schema` need no client.
    const { Session: Made } = await loadPeer('axios', () => import('./session.ts'))
    // From here on nothing is awaited: requests that begin together must not connect each for itself.
    caller.throwIfAborted()
    if (this.#current?.fingerprint !== credentials.fingerprint) {
      this.#current?.session.retire()
      this.#current = { session: new Made(this.#settings, credentials), fingerprint: credentials.fingerprint }
    }
    return this.#current.session
  }

  /** The request by name. */
  #describe({ method, path }: Request): string {
    return `${method} ${addressOf(this.#settings.url)}${path}`
  }
}
