/**
 * A broker on the loopback interface that knows how to say who it is, and nothing else: for what happens to a
 * connection when the rest goes wrong. What brokers really answer is for live tests.
 * @module
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** Keys of https://kafka.apache.org/protocol#protocol_api_keys. */
export const apis = {
  Metadata: 3,
  SaslHandshake: 17,
  ApiVersions: 18,
  CreateTopics: 19,
  DescribeConfigs: 32,
  AlterConfigs: 33,
  CreatePartitions: 37,
  IncrementalAlterConfigs: 44,
  SaslAuthenticate: 36,
  ListPartitionReassignments: 46
} as const
export type Api = keyof typeof apis

const apiNames = [
  'Metadata',
  'SaslHandshake',
  'ApiVersions',
  'CreateTopics',
  'DescribeConfigs',
  'AlterConfigs',
  'CreatePartitions',
  'IncrementalAlterConfigs',
  'SaslAuthenticate',
  'ListPartitionReassignments'
] as const satisfies readonly Api[]

/** `[api, lowest version, highest version]` */
export type Offer = readonly [Api, number, number]

/** What both clients need. */
const usual: readonly Offer[] = [
  ['Metadata', 6, 12],
  ['SaslHandshake', 0, 1],
  ['SaslAuthenticate', 0, 1],
  ['ApiVersions', 0, 3],
  ['CreateTopics', 0, 7],
  ['DescribeConfigs', 0, 4],
  ['AlterConfigs', 0, 1],
  ['CreatePartitions', 0, 3],
  ['IncrementalAlterConfigs', 0, 1],
  ['ListPartitionReassignments', 0, 0]
]

export interface LoopbackOptions {
  readonly offers?: readonly Offer[]
  /** APIs at which it closes the connection. */
  readonly closesAt?: readonly Api[]
  /** APIs it never answers. */
  readonly hangsAt?: readonly Api[]
}

interface Request {
  readonly api: Api | undefined
  readonly version: number
  readonly correlation: Buffer
}

export class LoopbackBroker {
  readonly port: number
  /** APIs that were asked, in order. */
  readonly asked: (Api | undefined)[] = []
  readonly #server: Server
  readonly #options: LoopbackOptions
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, port: number, options: LoopbackOptions) {
    this.#server = server
    this.port = port
    this.#options = options
    server.on('connection', (socket) => this.#serve(socket))
  }

  static async start(options: LoopbackOptions = {}): Promise<LoopbackBroker> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    return new LoopbackBroker(server, address.port, options)
  }

  get bootstrap(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Ends connections, and listens on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 12 && rest.length >= 4 + rest.readInt32BE(0)) {
        const request = rest.subarray(0, 4 + rest.readInt32BE(0))
        rest = rest.subarray(request.length)
        this.#answer(socket, readRequest(request))
      }
    })
  }

  #answer(socket: Socket, { api, version, correlation }: Request): void {
    const { offers = usual, closesAt = [], hangsAt = [] } = this.#options
    this.asked.push(api)
    if (api === undefined || closesAt.includes(api)) socket.destroy()
    else if (!hangsAt.includes(api)) {
      const body =
        api === 'ApiVersions'
          ? versions(offers, version)
          : api === 'Metadata'
            ? metadata(this.port, version)
            : undefined
      if (body !== undefined) socket.write(framed(Buffer.concat([correlation, body])))
    }
  }
}

function readRequest(bytes: Buffer): Request {
  const api = apiNames.find((name) => apis[name] === bytes.readInt16BE(4))
  return { api, version: bytes.readInt16BE(6), correlation: bytes.subarray(8, 12) }
}

function framed(message: Buffer): Buffer {
  return Buffer.concat([int32(message.length), message])
}

function versions(offers: readonly Offer[], version: number): Buffer {
  const flexible = version >= 3
  const entries = offers.map(([api, least, most]) =>
    Buffer.concat([int16(apis[api]), int16(least), int16(most), ...(flexible ? [noTags] : [])])
  )
  const count = flexible ? Buffer.from([entries.length + 1]) : int32(entries.length)
  return Buffer.concat([
    int16(0),
    count,
    ...entries,
    ...(version >= 1 ? [int32(0)] : []),
    ...(flexible ? [noTags] : [])
  ])
}

/** One broker, itself, and no topics. Versions 6 (kafkajs) and 12 (platformatic). */
function metadata(port: number, version: number): Buffer {
  if (version < 9) {
    const self = Buffer.concat([int32(1), string('127.0.0.1'), int32(port), int16(-1)])
    return Buffer.concat([int32(0), int32(1), self, string('loopback'), int32(1), int32(0)])
  }
  const self = Buffer.concat([int32(1), compact('127.0.0.1'), int32(port), Buffer.from([0]), noTags])
  return Buffer.concat([
    noTags,
    int32(0),
    Buffer.from([2]),
    self,
    compact('loopback'),
    int32(1),
    Buffer.from([1]),
    noTags
  ])
}

const noTags = Buffer.from([0])

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function string(text: string): Buffer {
  return Buffer.concat([int16(text.length), Buffer.from(text)])
}

function compact(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length + 1]), Buffer.from(text)])
}
