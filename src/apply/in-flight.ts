/**
 * Calls that write and have not been answered yet, whichever pass began them.
 * @module
 */
import type { Key } from '../records.ts'

/** One call. */
export interface FlyingCall {
  readonly kind: string
  readonly keys: readonly Key[]
}

export class InFlight {
  readonly #slots: number
  readonly #calls = new Set<FlyingCall>()
  readonly #keys = new Set<Key>()
  /** When a call of a kind was last answered, in ms since the epoch. */
  readonly #answeredAt = new Map<string, number>()
  #changed = Promise.withResolvers<void>()

  /** `slots`: most calls at once. */
  constructor(slots: number) {
    this.#slots = slots
  }

  /** Most calls at once. */
  get slots(): number {
    return this.#slots
  }

  get isFull(): boolean {
    return this.#calls.size >= this.#slots
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0
  }

  has(key: Key): boolean {
    return this.#keys.has(key)
  }

  /** Whether a call writes items of this kind. */
  hasKind(kind: string): boolean {
    return [...this.#calls].some((call) => call.kind === kind)
  }

  /**
   * Keeps a slot and the keys until `work`, which must not throw, has ended. `landed` is told what came of it the moment
   * they are free, before anybody else can take them.
   */
  begin<T>(call: FlyingCall, work: () => Promise<T>, landed: (came: T) => void): void {
    this.#calls.add(call)
    for (const key of call.keys) this.#keys.add(key)
    void this.#end(call, work(), landed)
  }

  async #end<T>(call: FlyingCall, work: Promise<T>, landed: (came: T) => void): Promise<void> {
    const came = await work
    this.#calls.delete(call)
    for (const key of call.keys) this.#keys.delete(key)
    landed(came)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }

  /** The service answered a call that wrote items of this kind. */
  answered(kind: string, now: number): void {
    this.#answeredAt.set(kind, now)
  }

  hasAnsweredSince(kind: string, since: number): boolean {
    return (this.#answeredAt.get(kind) ?? -Infinity) >= since
  }

  /** Resolves when the next call has ended. */
  ended(): Promise<void> {
    return this.#changed.promise
  }

  /** Resolves when no call is left. */
  async drained(): Promise<void> {
    while (this.#calls.size > 0) await this.ended()
  }
}
