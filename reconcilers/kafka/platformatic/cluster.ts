/**
 * Reaches the brokers of a cluster: any of them through the bootstrap servers, or a certain one by its id.
 * @module
 */
import type { ClusterMetadata } from '../admin.ts'
import type { Address, ConnectionSettings } from '../connection.ts'
import { CredentialWatch } from '../../../src/plugin.ts'
import { resolveCredentials, type Credentials } from '../credentials.ts'
import { Lanes, type Purpose } from '../lanes.ts'
import { PlatformaticLine } from './line.ts'

/** A broker's id, or `any`: KRaft brokers forward what only the controller can do. */
export type Target = number | 'any'

/** What the operations need of a cluster. */
export interface Asking {
  /** Deadline in ms that is sent along with a write: shorter than ours, so that the broker's answer comes first. */
  readonly brokerTimeout: number
  /** The response, also one that holds errors. Throws as `Link.ask` does. */
  ask<R>(
    operation: string,
    target: Target,
    signal: AbortSignal,
    request: (line: PlatformaticLine) => Promise<R>
  ): Promise<R>
  /** Whether the address of a broker is known. */
  knows(target: Target): boolean
  /** Remembers where the living brokers are, and forgets the others. */
  learn(brokers: ClusterMetadata['brokers']): void
}

export class Cluster {
  readonly #settings: ConnectionSettings
  readonly #credentials: CredentialWatch<Credentials>
  readonly #bootstrap: Lanes<PlatformaticLine>
  readonly #nodes = new Map<number, { readonly address: Address; readonly lanes: Lanes<PlatformaticLine> }>()

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#credentials = new CredentialWatch(() => resolveCredentials(settings))
    this.#bootstrap = this.#lanes(settings.brokers, true)
  }

  /** The cluster for requests of this purpose. */
  for(purpose: Purpose): Asking {
    return {
      brokerTimeout: Math.ceil(this.#settings.requestTimeout * 0.8),
      knows: (target) => target === 'any' || this.#nodes.has(target),
      learn: (brokers) => this.#learn(brokers),
      ask: (operation, target, signal, request) => {
        const lanes = target === 'any' ? this.#bootstrap : this.#nodes.get(target)?.lanes
        if (lanes === undefined) throw new TypeError(`broker ${target} is unknown; ask "knows" first`)
        return lanes.ask(purpose, operation, signal, (line) => line.answer(request(line)))
      }
    }
  }

  /** Ends all connections, and reads credentials again for the next. */
  close(): void {
    this.#credentials.forget()
    this.#bootstrap.discard()
    for (const { lanes } of this.#nodes.values()) lanes.discard()
  }

  #learn(brokers: ClusterMetadata['brokers']): void {
    const living = new Map(brokers.map((broker) => [broker.id, broker]))
    for (const [id, { address, lanes }] of this.#nodes) {
      const broker = living.get(id)
      if (broker?.host === address.host && broker.port === address.port) continue
      lanes.discard()
      this.#nodes.delete(id)
    }
    for (const [id, address] of living) {
      if (!this.#nodes.has(id)) this.#nodes.set(id, { address, lanes: this.#lanes([address], false) })
    }
  }

  #lanes(brokers: readonly Address[], keepsReading: boolean): Lanes<PlatformaticLine> {
    const { requestTimeout } = this.#settings
    const dial = (address: Address, credentials: Credentials): Promise<PlatformaticLine> =>
      PlatformaticLine.dial(address, credentials, requestTimeout)
    return new Lanes(brokers, { requestTimeout, credentials: this.#credentials, dial, keepsReading })
  }
}
