/**
 * One HTTP request to a server under test, as plain as can be: no retries, no client library.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { request as plainRequest, type IncomingMessage } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

/** Where a server is and what it takes to be let in. */
export interface Access {
  /** Without a path, e.g. `http://127.0.0.1:9200`. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Instead of a user: what the server calls the encoded key. */
  readonly apiKey?: string
  /** Instead of a user: what a login gave. */
  readonly token?: string
  /** Trust this one to trust the server. */
  readonly caFile?: string
  /** A client certificate and its key, both PEM. */
  readonly certFile?: string
  readonly keyFile?: string
}

/** What to ask; the method is GET unless told otherwise. */
export interface Asked {
  readonly method?: string
  /** With the query, e.g. `/_cluster/health?timeout=1s`. */
  readonly path: string
  /** Sent as JSON; a text is sent as it is, as NDJSON, and parameters as a form. */
  readonly body?: unknown
  /** Default 30,000. */
  readonly timeoutMs?: number
  /** The body is text even when it is JSON: its numbers as the server prints them. */
  readonly asText?: boolean
}

/** What came back; the body is parsed when it is JSON, and text otherwise. */
export interface Answered {
  readonly status: number
  readonly body: unknown
}

function payloadOf(body: unknown): { readonly payload?: string; readonly headers: Readonly<Record<string, string>> } {
  if (body === undefined) return { headers: {} }
  if (body instanceof URLSearchParams)
    return { payload: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  if (typeof body === 'string') return { payload: body, headers: { 'content-type': 'application/x-ndjson' } }
  return { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

function credentialsOf({ username, password = '', apiKey, token }: Access): Readonly<Record<string, string>> {
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  if (apiKey !== undefined) return { authorization: `ApiKey ${apiKey}` }
  if (username === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
}

async function certificatesOf({
  caFile,
  certFile,
  keyFile
}: Access): Promise<{ ca?: Buffer; cert?: Buffer; key?: Buffer }> {
  return {
    ...(caFile !== undefined && { ca: await readFile(caFile) }),
    ...(certFile !== undefined && { cert: await readFile(certFile) }),
    ...(keyFile !== undefined && { key: await readFile(keyFile) })
  }
}

/** Asks once. Throws when no whole answer came in time; every status is an answer. */
export async function ask(
  access: Access,
  { method = 'GET', path, body, timeoutMs = 30_000, asText = false }: Asked
): Promise<Answered> {
  const { payload, headers } = payloadOf(body)
  const certificates = await certificatesOf(access)
  const options = {
    method,
    headers: { ...headers, ...credentialsOf(access) },
    ...certificates,
    agent: false,
    signal: AbortSignal.timeout(timeoutMs)
  }
  const send = access.url.startsWith('https:') ? tlsRequest : plainRequest
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    send(new URL(path, access.url), options, resolve).once('error', reject).end(payload)
  })
  const content = await text(answer)
  const isJson = !asText && answer.headers['content-type']?.includes('json') === true && content !== ''
  return { status: answer.statusCode ?? 0, body: isJson ? JSON.parse(content) : content }
}
