/**
 * A TCP proxy that counts the requests of the Kafka protocol by their kind. It looks at frame headers only and passes
 * every byte on as it came, so it serves plaintext listeners; the addresses in Metadata still name the brokers.
 * @module
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Requests by name of the API, e.g. `{Metadata: 1, DescribeConfigs: 1}`. */
export type RequestCounts = Readonly<Record<string, number>>

/** A proxy in front of one broker. */
export interface RequestCounter {
  /** `host:port` to connect to instead of the broker. */
  readonly bootstrap: string
  /** What passed since the start or the last `reset`, by name. */
  readonly counts: RequestCounts
  reset(): void
  /** Cuts all connections and stops to listen. */
  close(): Promise<void>
}

/** The kinds this project sends (https://kafka.apache.org/protocol#protocol_api_keys); others show as `API_<key>`. */
const names = new Map([
  [3, 'Metadata'],
  [17, 'SaslHandshake'],
  [18, 'ApiVersions'],
  [19, 'CreateTopics'],
  [20, 'DeleteTopics'],
  [32, 'DescribeConfigs'],
  [33, 'AlterConfigs'],
  [36, 'SaslAuthenticate'],
  [37, 'CreatePartitions'],
  [44, 'IncrementalAlterConfigs'],
  [45, 'AlterPartitionReassignments'],
  [46, 'ListPartitionReassignments'],
  [60, 'DescribeCluster']
])

/** Starts a proxy on a free port in front of `host:port`; of several brokers the first. */
export async function countRequests(bootstrap: string): Promise<RequestCounter> {
  const [host = '', port = ''] = (bootstrap.split(',')[0] ?? '').split(':')
  const counts = new Map<string, number>()
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = connect({ host, port: Number(port) })
    const seen = new FrameHeaders((apiKey) => {
      const name = names.get(apiKey) ?? `API_${apiKey}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
    })
    client.on('data', (chunk) => seen.push(chunk))
    for (const [socket, other] of [
      [client, broker],
      [broker, client]
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      // What went wrong on one side shows on the other as the end of the connection.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    bootstrap: `127.0.0.1:${portOf(server.address())}`,
    get counts() {
      return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    },
    reset: () => counts.clear(),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    }
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address')
  return address.port
}

/** Finds the header of every request in a stream: four bytes of length, then two of the API's key. */
class FrameHeaders {
  readonly #onRequest: (apiKey: number) => void
  #header = Buffer.alloc(0)
  /** Bytes of the current frame still to come after its header. */
  #left = 0

  constructor(onRequest: (apiKey: number) => void) {
    this.#onRequest = onRequest
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at)
        this.#left -= skipped
        at += skipped
        continue
      }
      const part = chunk.subarray(at, at + 6 - this.#header.length)
      this.#header = Buffer.concat([this.#header, part])
      at += part.length
      if (this.#header.length < 6) return
      this.#left = this.#header.readInt32BE(0) - 2
      this.#onRequest(this.#header.readInt16BE(4))
      this.#header = Buffer.alloc(0)
    }
  }
}
