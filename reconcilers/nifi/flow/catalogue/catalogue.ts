/**
 * What a NiFi can make, read when it is first needed and remembered for as long as the connection lives: it changes only
 * when NiFi is given other bundles.
 * @module
 */
import { type Json, type Clock, within } from '../../../../src/plugin.ts'
import type { Link } from '../../connection/link.ts'
import { bodyOf } from '../../connection/refusal.ts'
import { askSensitive, type Sensitive } from '../secrets/sensitive-properties.ts'
import { ComponentTypes } from './types.ts'

/** All calls share one reading, which none of them can cut short; a reading that fails is not remembered. */
export class Catalogue {
  readonly #link: Link
  readonly #clock: Clock
  /** The link has a deadline for each request. */
  readonly #never = new AbortController().signal
  #types: Promise<ComponentTypes> | undefined
  #sensitive: Promise<Sensitive> | undefined

  constructor(link: Link, clock: Clock) {
    this.#link = link
    this.#clock = clock
  }

  /** Which components can be made. Two requests, once until `forget`. */
  types(signal: AbortSignal): Promise<ComponentTypes> {
    const shared = (this.#types ??= this.#readTypes().catch((error: unknown) => {
      this.#types = undefined
      throw error
    }))
    return within('reading the types of components', signal, () => shared)
  }

  /** Which properties of its types NiFi keeps secret. One request (7 kB a type), once until `forget`. */
  sensitive(signal: AbortSignal): Promise<Sensitive> {
    const shared = (this.#sensitive ??= askSensitive(this.#link, this.#clock, this.#never).catch((error: unknown) => {
      this.#sensitive = undefined
      throw error
    }))
    return within('reading which properties are sensitive', signal, () => shared)
  }

  /** What can be made is read again when it is needed next: NiFi has been given other bundles, it seems. */
  forget(): void {
    this.#types = undefined
    this.#sensitive = undefined
  }

  async #readTypes(): Promise<ComponentTypes> {
    const read = async (path: string): Promise<Json> =>
      bodyOf(await this.#link.ask({ method: 'GET', path }, this.#never))
    const [processors, services] = await Promise.all([
      read('/flow/processor-types'),
      read('/flow/controller-service-types')
    ])
    return new ComponentTypes(processors, services)
  }
}
