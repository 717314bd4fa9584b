/**
 * One kafkajs admin client with sockets of our own, so that a hung broker can be given up: kafkajs itself waits for
 * requests in flight before it disconnects.
 * @module
 */
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Admin, ISocketFactory, KafkaConfig } from 'kafkajs'
import { loadPeer } from '../../../src/plugin.ts'
import { type Address, formatAddress } from '../connection.ts'
import type { Credentials } from '../credentials.ts'
import type { Line } from '../link.ts'

/** How brokers name us in their request metrics and quotas. */
const clientId = 'infometis'
export class KafkajsLine implements Line {
  readonly admin: Admin
  readonly #sockets: ReadonlySet<Socket>

  private constructor(admin: Admin, sockets: ReadonlySet<Socket>) {
    this.admin = admin
    this.#sockets = sockets
  }

  /** A line to `address`, not yet open; kafkajs finds the other brokers from there. `timeout` in ms. */
  static async dial(address: Address, { sasl, tls }: Credentials, timeout: number): Promise<KafkajsLine> {
    // Named exports of CommonJS do not survive bundling.
    const { Kafka, logLevel } = (await loadPeer('kafkajs', () => import('kafkajs'))).default
    spendNegativeTimeoutWarning()
    const sockets = new Set<Socket>()
    const kafka = new Kafka({
      clientId,
      brokers: [formatAddress(address)],
      // What it has to say arrives as an error.
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      // Only a second line of defence: our own deadline ends first.
      connectionTimeout: timeout * 2,
      authenticationTimeout: timeout * 2,
      requestTimeout: timeout * 2,
      socketFactory: socketsInto(sockets),
      ...(tls && { ssl: tls }),
      ...(sasl && { sasl: saslOptions(sasl) })
    })
    return new KafkajsLine(kafka.admin(), sockets)
  }

  get usable(): boolean {
    return [...this.#sockets].some((socket) => !socket.destroyed)
  }

  async open(): Promise<void> {
    await this.admin.connect()
  }

  destroy(): void {
    // With an error, as kafkajs listens to `error` and `end` only, and would otherwise keep its requests waiting.
    for (const socket of this.#sockets) socket.destroy(new Error('given up'))
  }
}

function saslOptions({
  mechanism,
  username,
  password
}: NonNullable<Credentials['sasl']>): NonNullable<KafkaConfig['sasl']> {
  if (mechanism === 'PLAIN') return { mechanism: 'plain', username, password }
  if (mechanism === 'SCRAM-SHA-256') return { mechanism: 'scram-sha-256', username, password }
  return { mechanism: 'scram-sha-512', username, password }
}

function socketsInto(sockets: Set<Socket>): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    // kafkajs passes no `ssl` without TLS, whatever its type says. Server names are for names, not for addresses.
    const options: object | null = ssl
    const socket = options
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...options }, onConnect)
      : connectPlain({ host, port }, onConnect)
    socket.setKeepAlive(true, 60_000)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
}

/**
 * kafkajs computes a negative time-out after every request (requestQueue/index.js, `scheduleAt`). Node takes it as 1 ms,
 * which is harmless, and warns about it on stderr, once per process. The one warning is used up here, unprinted.
 */
function spendNegativeTimeoutWarning(): void {
  // oxlint-disable-next-line typescript/unbound-method -- put back where it came from, never called here
  const { emitWarning } = process
  process.emitWarning = () => undefined
  clearTimeout(setTimeout(() => undefined, -1))
  process.emitWarning = emitWarning
}
