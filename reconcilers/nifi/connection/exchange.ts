/**
 * One request over HTTP and what came back. Loads axios: only what connects imports this.
 * @module
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import axios, { type AxiosInstance } from 'axios'
import { addressOf, type Json, parseWithNumbers, ReconcileError, type TlsTexts } from '../../../src/plugin.ts'
import type { RawAnswer } from './foreign.ts'
import { jsonSchema } from '../json.ts'
import type { Request } from './link.ts'
import { noAnswer } from './no-answer.ts'

/** A body as it is sent. */
export interface Payload {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded'
  readonly text: string
}

/** Idle connections are closed before NiFi closes them after 30 s, so that no request meets one that is just going away. */
const idleMs = 10_000

/** Leaves out a mark of the byte order. */
const utf8 = new TextDecoder()

/** An answer as it came, and what was read in it. */
interface Known {
  readonly bytes: Buffer
  readonly contentType: string
  readonly body: Json
}

/** Connections to one address that stay open between requests. */
export class Exchange {
  readonly #url: URL
  /** The last answers to what is asked again and again, by address. */
  readonly #known = new Map<string, Known>()
  readonly #agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent }
  readonly #client: AxiosInstance

  /** Connects to nothing yet. `url` is where the REST API is. */
  constructor(url: URL, tls: TlsTexts) {
    this.#url = url
    this.#agents = {
      httpAgent: new HttpAgent({ keepAlive: true, timeout: idleMs }),
      httpsAgent: new HttpsAgent({ keepAlive: true, timeout: idleMs, ...tls })
    }
    this.#client = axios.create({
      ...this.#agents,
      adapter: 'http',
      // Every status is an answer; which of them are errors is for the caller to say.
      validateStatus: () => true,
      maxRedirects: 0,
      proxy: false,
      // Comparing bytes with those of the last time costs next to nothing, reading them does.
      responseType: 'arraybuffer',
      transformRequest: [],
      transformResponse: [],
      // Compression costs NiFi more than the short way costs us.
      headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'infometis' }
    })
  }

  /** Sends once. Throws what `noAnswer` gives, or UNAVAILABLE for JSON that cannot be read. */
  async send(
    { method, path, query, isRepeated }: Omit<Request, 'body'>,
    payload: Payload | undefined,
    token: string | undefined,
    signal: AbortSignal
  ): Promise<RawAnswer> {
    const headers = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      'Content-Type': payload?.type ?? false
    }
    const url = `${addressOf(this.#url)}${path}${queryOf(query)}`
    const sent = { method, url, headers, signal, ...(payload === undefined ? {} : { data: payload.text }) }
    const answer = await this.#client.request<Buffer>(sent).catch((error: unknown) => {
      throw noAnswer(error, this.#url)
    })
    const contentType = textOf(answer.headers['content-type'])
    return {
      status: answer.status,
      contentType,
      location: textOf(answer.headers['location']),
      body: isRepeated ? this.#readAgain(url, answer.data, contentType) : this.#read(answer.data, contentType)
    }
  }

  /** Breaks what is in flight. */
  close(): void {
    this.#agents.httpAgent.destroy()
    this.#agents.httpsAgent.destroy()
  }

  #readAgain(url: string, bytes: Buffer, contentType: string): Json {
    const last = this.#known.get(url)
    if (last?.contentType === contentType && last.bytes.equals(bytes)) return last.body
    const body = this.#read(bytes, contentType)
    this.#known.set(url, { bytes, contentType, body })
    return body
  }

  #read(bytes: Buffer, contentType: string): Json {
    if (bytes.length === 0) return null
    const text = utf8.decode(bytes)
    if (!/\bjson\b/i.test(contentType)) return text
    try {
      return jsonSchema.parse(parseWithNumbers(text))
    } catch (error) {
      throw new ReconcileError(
        'UNAVAILABLE',
        `${addressOf(this.#url)}: the answer is no JSON (${error instanceof Error ? error.message : String(error)})`
      )
    }
  }
}

function queryOf(query: Request['query']): string {
  const entries = Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)])
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`
}

function textOf(header: unknown): string {
  return typeof header === 'string' ? header : ''
}
