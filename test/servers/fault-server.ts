/**
 * An HTTP(S) server that misbehaves as ordered, alone or as a proxy in front of a real one, and keeps a record of
 * everything it was asked: what reaches the server cannot be argued with.
 * @module
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse
} from 'node:http'
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Fault } from './faults.ts'

/** One request as it came in. */
export interface SeenRequest {
  readonly method: string
  /** Without the query, as it was encoded. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  /** Empty until it is read, and for a request that was reset before. */
  readonly body: string
}

/** Which requests are meant; an absent field means any. A text is the whole path, a pattern any part of it. */
export interface Match {
  readonly method?: string
  readonly path?: string | RegExp
}

export interface FaultServerOptions {
  /** PEM files: the server then speaks TLS and nothing else. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
  /** Default: any free port. */
  readonly port?: number
}

interface Order {
  readonly match: Match
  readonly fault: Fault
  /** Matching requests to let pass first. */
  pass: number
  left: number
}

interface TargetAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What stands behind the server. */
type Target = (request: SeenRequest, body: Buffer) => Promise<TargetAnswer>

const emptyObject: Target = () =>
  Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') })

/** A server in front of nothing: what nobody ordered is answered with 200 and `{}`. */
export class FaultServer {
  readonly #server: Server
  readonly #scheme: 'http' | 'https'
  readonly #target: Target
  readonly #sockets = new Set<Socket>()
  #orders: Order[] = []
  #requests: SeenRequest[] = []
  #inFlight = 0
  #mostInFlight = 0

  private constructor(server: Server, scheme: 'http' | 'https', target: Target) {
    this.#server = server
    this.#scheme = scheme
    this.#target = target
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // A client that goes away while it is served is what this server is for.
      this.#serve(request, response).catch(() => response.destroy())
    })
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Listens on 127.0.0.1. `target` answers what nobody ordered. */
  static async start(options: FaultServerOptions = {}, target: Target = emptyObject): Promise<FaultServer> {
    return new FaultServer(await listen(options), options.tls === undefined ? 'http' : 'https', target)
  }

  /** e.g. `http://127.0.0.1:31234`, without a slash at the end. */
  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`
  }

  get port(): number {
    return addressOf(this.#server).port
  }

  /** All requests since the start or the last `reset`, disturbed ones included, in their order. */
  get requests(): readonly SeenRequest[] {
    return this.#requests
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#sockets.size
  }

  /** The most requests that were being served at the same time since the last `reset`. */
  get mostInFlight(): number {
    return this.#mostInFlight
  }

  /** How often each method and path was asked, e.g. `{'GET /': 1}`. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...Map.groupBy(this.#requests, ({ method, path }) => `${method} ${path}`)].map(([name, { length }]) => [
        name,
        length
      ])
    )
  }

  /** Disturbs the next `times` matching requests, after letting `pass` of them pass. The latest order wins. */
  fail(match: Match, fault: Fault, times = Number.POSITIVE_INFINITY, pass = 0): void {
    this.#orders = [{ match, fault, pass, left: times }, ...this.#orders]
  }

  /** Forgets all orders and all requests; a request that hangs goes on to. */
  reset(): void {
    this.#orders = []
    this.#requests = []
    this.#mostInFlight = this.#inFlight
  }

  /** Breaks all connections and stops listening. */
  async stop(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#mostInFlight = Math.max(this.#mostInFlight, ++this.#inFlight)
    // An answer that is complete has ended before its connection does, or its client goes on to another.
    response.once('close', () => void (this.#inFlight -= 1))
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
    const seen = { method: request.method ?? '', path, query, headers: request.headers, body: '' }
    this.#requests.push(seen)
    const fault = this.#take(seen)
    if (fault?.kind === 'reset' && fault.reached !== true) return void request.socket.resetAndDestroy()
    const body = await buffer(request)
    seen.body = body.toString()
    if (fault?.reached === true) await this.#target(seen, body)
    if (fault !== undefined && fault.kind !== 'hold') return misbehave(fault, response)
    await fault?.until
    const { status, headers, body: answer } = await this.#target(seen, body)
    response.writeHead(status, headers).end(answer)
  }

  #take(request: SeenRequest): Fault | undefined {
    const order = this.#orders.find(({ match, left }) => left > 0 && fits(request, match))
    if (order === undefined) return undefined
    if (order.pass > 0) {
      order.pass -= 1
      return undefined
    }
    order.left -= 1
    return order.fault
  }
}

/** A server in front of a real one: what nobody ordered is passed on. */
export const FaultProxy = {
  /**
   * Passes on to `target`, an http or https URL whose path comes first; `caFile` is who to trust there. While the target
   * does not answer, connections to the proxy break.
   */
  async start(
    target: string | URL,
    options: FaultServerOptions & { readonly caFile?: string } = {}
  ): Promise<FaultServer> {
    const ca = options.caFile === undefined ? {} : { ca: await readFile(options.caFile) }
    return FaultServer.start(options, passOn(new URL(target), ca))
  }
}

async function listen({ tls, port = 0 }: FaultServerOptions): Promise<Server> {
  const server =
    tls === undefined
      ? createServer()
      : createHttpsServer({ cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address
}

function fits({ method, path }: SeenRequest, match: Match): boolean {
  if (match.method !== undefined && match.method !== method) return false
  return match.path === undefined || (typeof match.path === 'string' ? match.path === path : match.path.test(path))
}

function misbehave(fault: Exclude<Fault, { kind: 'hold' }>, response: ServerResponse): void {
  if (fault.kind === 'reset') response.req.socket.resetAndDestroy()
  if (fault.kind === 'answer') response.writeHead(fault.status, fault.headers).end(fault.body)
  if (fault.kind !== 'unfinished') return
  response.writeHead(fault.status, fault.headers).write(fault.body)
  if (fault.everyMs === undefined) return
  const drip = setInterval(() => response.write(' '), fault.everyMs)
  response.once('close', () => clearInterval(drip))
}

/** A connection of its own for each request, so that none is stale after the target was restarted. */
function passOn(url: URL, trust: { readonly ca?: Buffer }): Target {
  const ask = url.protocol === 'https:' ? httpsRequest : httpRequest
  const prefix = url.pathname.replace(/\/$/, '')
  return async ({ method, path, query, headers }, body) => {
    const outgoing = ask({
      ...trust,
      agent: false,
      method,
      hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port,
      path: `${prefix}${path}${query === '' ? '' : `?${query}`}`,
      headers: { ...endToEnd(headers), host: url.host }
    })
    outgoing.end(body)
    const [incoming]: IncomingMessage[] = await once(outgoing, 'response')
    if (incoming === undefined) throw new Error('no response')
    return { status: incoming.statusCode ?? 0, headers: endToEnd(incoming.headers), body: await buffer(incoming) }
  }
}

/** What is said about one connection does not concern the next one (RFC 9110, section 7.6.1). */
function endToEnd({
  connection: _connection,
  'keep-alive': _keepAlive,
  'transfer-encoding': _encoding,
  ...headers
}: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers
}
