/**
 * A TCP proxy in front of a broker that counts what is asked, by API: what reaches the broker cannot be argued with.
 * @module
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** The API keys that matter here (https://kafka.apache.org/protocol#protocol_api_keys). */
const names = new Map([
  [3, 'Metadata'],
  [18, 'ApiVersions'],
  [19, 'CreateTopics'],
  [32, 'DescribeConfigs'],
  [33, 'AlterConfigs'],
  [37, 'CreatePartitions'],
  [44, 'IncrementalAlterConfigs'],
  [46, 'ListPartitionReassignments']
])

export class Wiretap {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #requests: string[] = []
  #total = 0
  #ambush: { readonly api: string; readonly act: () => Promise<void> } | undefined
  #losing: { readonly api: string; left: number } | undefined
  #cut: ReadonlySet<string> = new Set()

  private constructor(port: number, server: Server) {
    this.port = port
    this.#server = server
  }

  /** Listens on `port` of 127.0.0.1 and passes everything on to `target()`, a port there. */
  static async start(port: number, target: () => number): Promise<Wiretap> {
    const server = createServer()
    const wiretap = new Wiretap(port, server)
    server.on('connection', (client) => wiretap.#join(client, target()))
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return wiretap
  }

  /** How many requests there were so far, without the set-up of connections. */
  get total(): number {
    return this.#total
  }

  /** Connections that clients have open. */
  get connections(): number {
    return this.#sockets.size / 2
  }

  /** How often each API was asked since the last call, without the set-up of connections. */
  take(): Readonly<Record<string, number>> {
    const taken = this.#requests.filter((name) => name !== 'ApiVersions')
    this.#requests = []
    return Object.fromEntries([...Map.groupBy(taken, (name) => name)].map(([name, { length }]) => [name, length]))
  }

  /** Holds the next request of this API back until `act` is over: the moment at which somebody else is faster. */
  ambush(api: string, act: () => Promise<void>): void {
    this.#ambush = { api, act }
  }

  /** Cuts the connection in place of the answer to the nth next request of this API, which the broker carries out. */
  lose(api: string, nth = 1): void {
    this.#losing = { api, left: nth }
  }

  /** From now on the broker hears of no request of these APIs: its connection is cut. None: all are passed on again. */
  cut(apis: readonly string[]): void {
    this.#cut = new Set(apis)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, port: number): void {
    const broker = connect(port, '127.0.0.1')
    let rest = Buffer.alloc(0)
    let turn = Promise.resolve()
    client.on('data', (chunk) => {
      const before = this.#requests.length
      rest = this.#note(Buffer.concat([rest, chunk]))
      const seen = this.#requests.slice(before)
      turn = turn.then(() => this.#wait(seen)).then(() => this.#passOn(chunk, seen, client, broker))
    })
    client.on('end', () => broker.end())
    broker.pipe(client)
    for (const [socket, other] of [
      [client, broker],
      [broker, client]
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }

  #passOn(chunk: Buffer, seen: readonly string[], client: Socket, broker: Socket): void {
    if (seen.some((api) => this.#cut.has(api))) {
      client.destroy()
      return
    }
    if (this.#isLost(seen)) {
      broker.unpipe(client)
      broker.once('data', () => client.destroy()).resume()
    }
    broker.write(chunk)
  }

  #isLost(seen: readonly string[]): boolean {
    const losing = this.#losing
    if (losing === undefined || !seen.includes(losing.api)) return false
    losing.left -= 1
    if (losing.left > 0) return false
    this.#losing = undefined
    return true
  }

  async #wait(seen: readonly string[]): Promise<void> {
    const ambush = this.#ambush
    if (ambush === undefined || !seen.includes(ambush.api)) return
    this.#ambush = undefined
    await ambush.act()
  }

  /** Frames are a size (int32) and the request, which begins with its API key (int16); gives what is incomplete. */
  #note(bytes: Buffer): Buffer<ArrayBuffer> {
    let rest = Buffer.from(bytes)
    while (rest.length >= 6 && rest.length >= 4 + rest.readInt32BE(0)) {
      const key = rest.readInt16BE(4)
      const name = names.get(key) ?? `API ${key}`
      this.#requests.push(name)
      if (name !== 'ApiVersions') this.#total += 1
      rest = rest.subarray(4 + rest.readInt32BE(0))
    }
    return rest
  }
}
