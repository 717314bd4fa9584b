/**
 * Requests under one set of credentials: NiFi gives a token for a user and a password, and forgets it after some hours or
 * when it restarts. Cookies are never kept: with one, NiFi would refuse writes that lack a second token.
 * @module
 */
import { addressOf, ReconcileError, registerSecret } from '../../../src/plugin.ts'
import type { ConnectionSettings } from './settings.ts'
import type { Credentials } from './credentials.ts'
import { Exchange } from './exchange.ts'
import { foreignAnswer, type RawAnswer } from './foreign.ts'
import type { Request } from './link.ts'
import { means } from './prose.ts'
import { refusalOf, explanationOf } from './refusal.ts'

export class Session {
  readonly #settings: ConnectionSettings
  readonly #credentials: Credentials
  readonly #exchange: Exchange
  /** Shared by all requests that need it. */
  #login: Promise<string> | undefined
  readonly #closed = new AbortController()
  #inFlight = 0
  #isRetired = false

  /** Connects to nothing yet. */
  constructor(settings: ConnectionSettings, credentials: Credentials) {
    this.#settings = settings
    this.#credentials = credentials
    this.#exchange = new Exchange(settings.url, credentials.tls)
  }

  /** The answer, after one new login where the token is refused. Throws as `Link.ask` does. */
  async ask(request: Request, signal: AbortSignal): Promise<RawAnswer> {
    this.#inFlight += 1
    try {
      return await this.#ask(request, signal)
    } finally {
      this.#inFlight -= 1
      this.#closeWhenOver()
    }
  }

  /** Closes as soon as what is in flight has ended by itself. */
  retire(): void {
    this.#isRetired = true
    this.#closeWhenOver()
  }

  /** Breaks every connection, whatever is in flight. */
  close(): void {
    this.#closed.abort()
    this.#exchange.close()
  }

  #closeWhenOver(): void {
    if (this.#isRetired && this.#inFlight === 0) this.close()
  }

  async #ask(request: Request, signal: AbortSignal): Promise<RawAnswer> {
    const login = this.#currentLogin()
    const answer = await this.#send(request, await login, signal)
    if (answer.status !== 401) return answer
    if (!this.#hasPassword) throw this.#refused(answer)
    if (this.#login === login) this.#login = undefined
    const second = await this.#send(request, await this.#currentLogin(), signal)
    if (second.status === 401) throw this.#refused(second)
    return second
  }

  async #send(request: Request, token: string | undefined, signal: AbortSignal): Promise<RawAnswer> {
    signal.throwIfAborted()
    const payload =
      request.body === undefined
        ? undefined
        : ({ type: 'application/json', text: JSON.stringify(request.body) } as const)
    const answer = await this.#exchange.send(request, payload, token, signal)
    const foreign =
      answer.status === 401 ? undefined : foreignAnswer(answer, this.#settings.url, request.method === 'GET')
    if (foreign !== undefined) throw foreign
    return answer
  }

  get #hasPassword(): boolean {
    return this.#credentials.auth !== undefined && 'password' in this.#credentials.auth
  }

  #currentLogin(): Promise<string | undefined> {
    const { auth } = this.#credentials
    if (auth === undefined || 'token' in auth) return Promise.resolve(auth?.token)
    this.#login ??= this.#logIn(auth).catch((error: unknown) => {
      this.#login = undefined
      throw error
    })
    return this.#login
  }

  /** Has a deadline of its own: whoever asked first may give up before the others. */
  async #logIn({ username, password }: { readonly username: string; readonly password: string }): Promise<string> {
    const payload = {
      type: 'application/x-www-form-urlencoded',
      text: new URLSearchParams({ username, password }).toString()
    } as const
    const deadline = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.#settings.requestTimeout)])
    const answer = await this.#exchange.send({ method: 'POST', path: '/access/token' }, payload, undefined, deadline)
    const token =
      answer.status < 300 && /^text\/plain/i.test(answer.contentType) && typeof answer.body === 'string'
        ? answer.body.trim()
        : undefined
    if (token === undefined)
      throw (
        (answer.status === 401 ? undefined : foreignAnswer(answer, this.#settings.url)) ?? this.#loginRefused(answer)
      )
    registerSecret(token, `a login at ${addressOf(this.#settings.url)}`)
    // Anything else cannot be a header.
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new ReconcileError(
        'UNAVAILABLE',
        `${addressOf(this.#settings.url)}: expected a token of NiFi, found another text`
      )
    return token
  }

  /**
   * 400: the password is wrong, or there is nobody to check it. 409: tokens are given over https only, or the key that signs
   * them is not made yet (measured on 1.18 right after its start).
   */
  #loginRefused(answer: RawAnswer): ReconcileError {
    if (means(explanationOf(answer), 'no-token-key'))
      return new ReconcileError(
        'UNAVAILABLE',
        `${addressOf(this.#settings.url)} is still starting: ${explanationOf(answer)}`
      )
    if (![400, 401, 403, 404, 409].includes(answer.status)) return refusalOf(answer)
    const advice =
      answer.status === 409
        ? '; over http NiFi has no users: unset NIFI_USERNAME and NIFI_PASSWORD, or use its https address'
        : ''
    return new ReconcileError(
      'AUTHENTICATION',
      `${addressOf(this.#settings.url)} refuses the user and the password: ${explanationOf(answer)}${advice}`
    )
  }

  #refused(answer: RawAnswer): ReconcileError {
    const { auth, tls } = this.#credentials
    const credentials =
      auth === undefined
        ? tls.cert && 'the client certificate'
        : 'token' in auth
          ? 'the token'
          : 'the user and the password'
    const what = credentials === undefined ? 'wants credentials, and none are set' : `refuses ${credentials}`
    return new ReconcileError('AUTHENTICATION', `${addressOf(this.#settings.url)} ${what}: ${explanationOf(answer)}`)
  }
}
