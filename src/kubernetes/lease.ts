/**
 * The object several replicas elect one of them over: all can read it, and replace it when they have seen its newest version.
 * @module
 */

/** The lease as it was seen. */
export interface Lease {
  /** Empty: nobody. */
  readonly holder: string
  /** Another one after each write, whoever wrote; never one that was there before. */
  readonly version: string
  readonly transitions: number
  /** How long it holds after the last write, in ms, as its holder says. Undefined: it does not say. */
  readonly durationMs: number | undefined
}

/** A lease as a candidate has just taken it. */
export interface AcquiredLease {
  readonly lease: Lease
  /** When the write was begun, in ms since the epoch. */
  readonly at: number
}

/** What a candidate writes. Without holder and duration: nobody need wait. */
export interface Claim {
  readonly holder: string
  readonly transitions: number
  readonly durationMs: number | undefined
  /** ms since the epoch. */
  readonly acquiredAt: number
  readonly renewedAt: number
}

/** Where the lease is kept. Every method gives up when `signal` aborts. */
export interface Leases {
  /** Undefined: there is none. */
  read(signal: AbortSignal): Promise<Lease | undefined>
  /** Writes. Throws CONFLICT when there is one. */
  create(claim: Claim, signal: AbortSignal): Promise<Lease>
  /** Writes. Throws CONFLICT when `seen` is not the newest version. */
  replace(seen: Lease, claim: Claim, signal: AbortSignal): Promise<Lease>
}

/** All in ms; each less than the one before. */
export interface ElectionTimes {
  /** For how long a lease holds that nobody renews. */
  readonly leaseMs: number
  /** A leader that could not renew for this long has lost leadership, before another replica can acquire the lease. */
  readonly renewMs: number
  /** From one attempt to the next, and the longest that one request may take. */
  readonly retryMs: number
}

/** Another replica leads within 5 s of a leader's crash. */
export const defaultTimes: ElectionTimes = { leaseMs: 4_000, renewMs: 2_500, retryMs: 800 }

/**
 * For how long a lease must stay unchanged before another replica may acquire it. A leader may not know yet that its lease was
 * deleted or written by hand, so only a released lease is free at once. Pure.
 */
export function holdsMs({ holder, durationMs }: Lease, { leaseMs }: ElectionTimes): number {
  return holder === '' && durationMs === undefined ? 0 : Math.max(leaseMs, durationMs ?? 0)
}
