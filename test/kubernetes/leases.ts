/**
 * A lease in memory whose keeper can be slow, deaf, or lose its answers.
 * @module
 */
import { ReconcileError } from '../../src/errors.ts'
import type { Claim, Lease, Leases } from '../../src/kubernetes/lease.ts'
import type { ManualClock } from '../../src/testing/manual-clock.ts'

/** What becomes of one request. */
export interface Fate {
  /** In ms, before it is carried out. */
  readonly delayMs?: number
  /** It is not carried out, and nothing is answered. */
  readonly isLost?: boolean
  /** It is carried out, and nothing is answered. */
  readonly isDeaf?: boolean
  /** It is refused. */
  readonly error?: ReconcileError | undefined
}

export class MemoryLeases implements Leases {
  #lease: (Lease & { readonly claim: Claim }) | undefined
  #version = 0
  writes = 0
  reads = 0
  /** Asked for each request. */
  fate: () => Fate = () => ({})
  /** Asked for each that writes, and laid over. */
  fateOfWrites: () => Fate = () => ({})
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  get claim(): Claim | undefined {
    return this.#lease?.claim
  }

  /** Somebody else writes. */
  steal(holder: string, says: number | 'nothing' = 4_000): void {
    const durationMs = says === 'nothing' ? undefined : says
    this.#write({ holder, transitions: 0, durationMs, acquiredAt: this.#clock.now(), renewedAt: this.#clock.now() })
  }

  remove(): void {
    this.#lease = undefined
  }

  read(): Promise<Lease | undefined> {
    this.reads += 1
    return this.#ask(this.fate(), () => this.#lease)
  }

  create(claim: Claim): Promise<Lease> {
    return this.#ask({ ...this.fate(), ...this.fateOfWrites() }, () => {
      if (this.#lease !== undefined) throw new ReconcileError('CONFLICT', 'there is one')
      return this.#write(claim)
    })
  }

  replace(seen: Lease, claim: Claim): Promise<Lease> {
    return this.#ask({ ...this.fate(), ...this.fateOfWrites() }, () => {
      if (this.#lease?.version !== seen.version) throw new ReconcileError('CONFLICT', 'there is a newer one')
      return this.#write(claim)
    })
  }

  #write(claim: Claim): Lease {
    this.writes += 1
    this.#version += 1
    this.#lease = {
      holder: claim.holder,
      version: String(this.#version),
      transitions: claim.transitions,
      durationMs: claim.durationMs,
      claim
    }
    return this.#lease
  }

  async #ask<T>({ delayMs = 0, isLost = false, isDeaf = false, error }: Fate, work: () => T): Promise<T> {
    if (delayMs > 0) await this.#clock.sleep(delayMs)
    if (isLost) return new Promise<never>(() => undefined)
    if (error !== undefined) throw error
    const answer = work()
    return isDeaf ? new Promise<never>(() => undefined) : answer
  }
}
