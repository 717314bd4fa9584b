/**
 * What was tried for each item and when it is due again. Only pacing is remembered here, never state: a restart
 * forgets it and does the same things sooner.
 * @module
 */
import type { Change, FieldChange } from '../contract.ts'
import type { Key } from '../records.ts'
import { ReconcileError } from '../errors.ts'
import { maskDeep } from '../secrets/mask.ts'
import { backoffMs, type BackoffOptions } from './backoff.ts'

export interface LedgerOptions extends BackoffOptions {
  /** How long a created item may stay invisible before it is created again, in ms. */
  readonly createSettleMs: number
  /** The same for a written field, in ms; doubles with every repetition. */
  readonly updateSettleMs: number
  /** Writes of the same values that are acknowledged and not seen, before the item is given up. */
  readonly maxSilentWrites: number
  /** A terminal error is tried again after this long, in case the world changed, in ms. */
  readonly recheckMs: number
}

export const defaultLedgerOptions: LedgerOptions = {
  baseMs: 1_000,
  capMs: 300_000,
  random: Math.random,
  createSettleMs: 30_000,
  updateSettleMs: 2_000,
  maxSilentWrites: 3,
  recheckMs: 600_000
}

type Write = Change & { readonly verb: 'create' | 'update' }

interface Entry {
  /** Digest of the desired state these tries were for; another one starts anew. */
  readonly generation: string
  readonly failures: number
  readonly error: ReconcileError | undefined
  /** What was written last, as text, and how often in a row. */
  readonly written: string
  readonly writes: number
  readonly verb: Write['verb']
  /** When the last try ended. */
  readonly triedAt: number
  readonly dueAt: number
}

/** Whether a change may be tried now. */
export type Turn =
  | { readonly go: true }
  | { readonly go: false; readonly dueAt: number; readonly error: ReconcileError | undefined }

export class Ledger {
  readonly #options: LedgerOptions
  readonly #entries = new Map<Key, Entry>()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Forgets items that are in sync, gone or no longer to be written. */
  retain(writes: readonly Write[]): void {
    const keys = new Set(writes.map((change) => change.key))
    for (const key of this.#entries.keys()) if (!keys.has(key)) this.#entries.delete(key)
  }

  /** Whether a change is due. A write that is acknowledged again and again without effect ends as NOT_CONVERGING. */
  turn(change: Write, now: number): Turn {
    const entry = this.#current(change)
    if (entry === undefined) return { go: true }
    const due = this.#dueAt(entry, change)
    if (now < due) return { go: false, dueAt: due, error: entry.error }
    const silent =
      entry.error === undefined && entry.written === textOf(change) && entry.writes >= this.#options.maxSilentWrites
    if (!silent) return { go: true }
    const error = new ReconcileError(
      'NOT_CONVERGING',
      `written ${entry.writes} times and still different: ${describeFields(change)}`
    )
    const dueAt = now + this.#options.recheckMs
    this.#entries.set(change.key, { ...entry, error, dueAt, writes: 0 })
    return { go: false, dueAt, error }
  }

  /** The service acknowledged the write; until the settle time is over it need not be visible. */
  acknowledged(change: Write, now: number): void {
    const entry = this.#current(change)
    const written = textOf(change)
    const writes = entry?.written === written ? entry.writes + 1 : 1
    const settle =
      change.verb === 'create' ? this.#options.createSettleMs : this.#options.updateSettleMs * 2 ** (writes - 1)
    this.#entries.set(change.key, {
      generation: change.desired.digest,
      failures: 0,
      error: undefined,
      written,
      writes,
      verb: change.verb,
      triedAt: now,
      dueAt: now + settle
    })
  }

  /** The write goes on by itself and took a step: nothing holds up the next one. */
  begun(change: Write): void {
    this.#entries.delete(change.key)
  }

  /** The write failed; says when it is due again. */
  failed(change: Write, error: ReconcileError, now: number): number {
    const failures = (this.#current(change)?.failures ?? 0) + 1
    const delay = error.retryable ? backoffMs(failures, this.#options, error.retryAfterMs) : this.#options.recheckMs
    this.#entries.set(change.key, {
      generation: change.desired.digest,
      failures,
      error,
      written: '',
      writes: 0,
      verb: change.verb,
      triedAt: now,
      dueAt: now + delay
    })
    return now + delay
  }

  /** An item that is to be updated after it was created has become visible: it need not wait for that any longer. */
  #dueAt(entry: Entry, change: Write): number {
    if (entry.error !== undefined || entry.verb === change.verb) return entry.dueAt
    return Math.min(entry.dueAt, entry.triedAt + this.#options.updateSettleMs)
  }

  #current(change: Write): Entry | undefined {
    const entry = this.#entries.get(change.key)
    return entry?.generation === change.desired.digest ? entry : undefined
  }
}

function textOf(change: Write): string {
  return JSON.stringify([change.verb, change.fields.map((field) => [field.path, field.after])])
}

function describeFields(change: Write): string {
  return change.fields.map(describeField).join(', ')
}

function describeField({ path, before, after }: FieldChange): string {
  return `${path} is ${JSON.stringify(maskDeep(before, path))}, declared ${JSON.stringify(maskDeep(after, path))}`
}
