/**
 * The connections of a client to one place. A broker answers a connection in order, so that a write that takes its time
 * holds up everything behind it: each write in progress has a connection of its own, and readings have another one.
 * @module
 */
import { type Clock, type CredentialWatch, systemClock } from '../../src/plugin.ts'
import { BrokerOrder } from './broker-order.ts'
import type { Address } from './connection.ts'
import type { Credentials } from './credentials.ts'
import { Link, type Dial, type Line } from './link.ts'

/** What a request does, which decides over which connection it is sent. */
export type Purpose = 'reading' | 'writing'

/** A connection that nobody has used for so long is closed, in ms. */
const idleAfterMs = 30_000

export interface LanesOptions<L extends Line> {
  /** REQUEST_TIMEOUT in ms. */
  readonly requestTimeout: number
  readonly credentials: CredentialWatch<Credentials>
  readonly dial: Dial<L>
  /** The connection for readings stays open between passes. @default false */
  readonly keepsReading?: boolean
  readonly clock?: Clock
}

export class Lanes<L extends Line> {
  readonly #open: (closesIdle: boolean) => Link<L>
  readonly #reading: Link<L>
  /** For writes: at most as many as there ever were in progress at once. */
  readonly #writing: Link<L>[] = []
  /** Those of them that no write uses, the one used last at the end. */
  readonly #free: Link<L>[] = []

  /** Connects to none of `brokers`; the first request does. */
  constructor(brokers: readonly Address[], options: LanesOptions<L>) {
    const { requestTimeout, credentials, dial, keepsReading = false, clock = systemClock } = options
    const order = new BrokerOrder(brokers)
    const idle = { clock, idleAfterMs }
    this.#open = (closesIdle) => new Link(order, credentials, dial, { requestTimeout, ...(closesIdle && { idle }) })
    this.#reading = this.#open(!keepsReading)
  }

  /** The result of one request, which waits for no request of the other purpose and a write for no other. Throws as `Link.ask`. */
  ask<R>(purpose: Purpose, operation: string, signal: AbortSignal, request: (line: L) => Promise<R>): Promise<R> {
    if (purpose === 'reading') return this.#reading.ask(operation, signal, request)
    return this.#write((link) => link.ask(operation, signal, request))
  }

  /** Ends all connections, those in use too; a later request makes a new one. */
  discard(): void {
    for (const link of [this.#reading, ...this.#writing]) link.discard()
  }

  async #write<R>(use: (link: Link<L>) => Promise<R>): Promise<R> {
    const link = this.#free.pop() ?? this.#another()
    try {
      return await use(link)
    } finally {
      this.#free.push(link)
    }
  }

  #another(): Link<L> {
    const link = this.#open(true)
    this.#writing.push(link)
    return link
  }
}
