/**
 * The order in which brokers are tried, shared by all connections of a client: a broker that failed one of them is not
 * the first that the next one tries.
 * @module
 */
import type { Address } from './connection.ts'

export class BrokerOrder {
  readonly #brokers: readonly Address[]
  #first = 0

  constructor(brokers: readonly Address[]) {
    this.#brokers = brokers
  }

  /** All brokers, beginning with the one to try first. */
  inTurn(): readonly Address[] {
    return [...this.#brokers.slice(this.#first), ...this.#brokers.slice(0, this.#first)]
  }

  /** The next broker is tried first, unless another failure of this one has moved on already. */
  failed(broker: Address): void {
    if (this.#brokers[this.#first] === broker) this.#first = (this.#first + 1) % this.#brokers.length
  }
}
