/**
 * Requests to the service.
 * @module
 */
import { request as overHttp, type IncomingMessage } from 'node:http'
import { request as overHttps } from 'node:https'
import { json } from 'node:stream/consumers'
import {
  readTlsTexts,
  ReconcileError,
  toReconcileError,
  withinRequest,
  type Login,
  type TlsFiles
} from '../../../src/index.ts'

export interface Settings {
  readonly url: URL
  readonly login: Login | undefined
  readonly tls: TlsFiles
  /** For one request, in ms. */
  readonly timeout: number
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** One request. Throws when there is no answer, and AUTHENTICATION when the service does not know us. */
export async function ask(
  settings: Settings,
  method: string,
  path: string,
  signal: AbortSignal,
  body?: object
): Promise<Answer> {
  const { url, login, tls, timeout } = settings
  try {
    const authorization =
      login && `Basic ${Buffer.from(`${login.username}:${await login.password.read()}`).toString('base64')}`
    const headers = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) }
    const secured = url.protocol === 'https:' ? await readTlsTexts(tls, 'ROSTER') : {}
    const answer = await withinRequest(`${method} ${path}`, timeout, signal, (until) =>
      send(new URL(path, url), { method, headers, signal: until, ...secured }, body)
    )
    if (answer.status === 401)
      throw new ReconcileError('AUTHENTICATION', `the roster does not accept the user ${login?.username ?? '(none)'}`)
    return answer
  } catch (error) {
    throw toReconcileError(error)
  }
}

async function send(url: URL, options: object, body: object | undefined): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = url.protocol === 'https:' ? overHttps : overHttp
  request(url, options, resolve)
    .on('error', reject)
    .end(body && JSON.stringify(body))
  const response = await promise
  return { status: response.statusCode ?? 0, body: await json(response) }
}
