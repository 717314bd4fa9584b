/**
 * Reaches the brokers of a cluster: any of them through the bootstrap servers, or a certain one by its id.
 * @module
 */
import type { ClusterMetadata } from '../admin.ts'
import type { Address, ConnectionSettings } from '../connection.ts'
import { CredentialWatch } from '../../../src/plugin.ts'
import { resolveCredentials, type Credentials } from '../credentials.ts'
import { Link } from '../link.ts'
import { PlatformaticLine } from './line.ts'

/** A broker's id, or `any`: KRaft brokers forward what only the controller can do. */
export type Target = number | 'any'

/** What the operations need of a cluster. */
export type Asking = Pick<Cluster, 'ask' | 'knows' | 'learn' | 'brokerTimeout'>

export class Cluster {
  /** Deadline in ms that is sent along with a write: shorter than ours, so that the broker's answer comes first. */
  readonly brokerTimeout: number
  readonly #settings: ConnectionSettings
  readonly #credentials: CredentialWatch<Credentials>
  readonly #bootstrap: Link<PlatformaticLine>
  readonly #nodes = new Map<number, { readonly address: Address; readonly link: Link<PlatformaticLine> }>()

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.brokerTimeout = Math.ceil(settings.requestTimeout * 0.8)
    this.#credentials = new CredentialWatch(() => resolveCredentials(settings))
    this.#bootstrap = this.#link(settings.brokers)
  }

  /** The response, also one that holds errors. Throws as `Link.ask` does. */
  ask<R>(
    operation: string,
    target: Target,
    signal: AbortSignal,
    request: (line: PlatformaticLine) => Promise<R>
  ): Promise<R> {
    const link = target === 'any' ? this.#bootstrap : this.#nodes.get(target)?.link
    if (link === undefined) throw new TypeError(`broker ${target} is unknown; ask "knows" first`)
    return link.ask(operation, signal, (line) => line.answer(request(line)))
  }

  /** Whether the address of a broker is known. */
  knows(target: Target): boolean {
    return target === 'any' || this.#nodes.has(target)
  }

  /** Remembers where the living brokers are, and forgets the others. */
  learn(brokers: ClusterMetadata['brokers']): void {
    const living = new Map(brokers.map((broker) => [broker.id, broker]))
    for (const [id, { address, link }] of this.#nodes) {
      const broker = living.get(id)
      if (broker?.host === address.host && broker.port === address.port) continue
      link.discard()
      this.#nodes.delete(id)
    }
    for (const [id, address] of living) {
      if (!this.#nodes.has(id)) this.#nodes.set(id, { address, link: this.#link([address]) })
    }
  }

  /** Ends all connections, and reads credentials anew for the next. */
  close(): void {
    this.#credentials.forget()
    this.#bootstrap.discard()
    for (const { link } of this.#nodes.values()) link.discard()
  }

  #link(brokers: readonly Address[]): Link<PlatformaticLine> {
    const dial = (address: Address, credentials: Credentials): Promise<PlatformaticLine> =>
      PlatformaticLine.dial(address, credentials, this.#settings.requestTimeout)
    return new Link(brokers, this.#settings, this.#credentials, dial)
  }
}
