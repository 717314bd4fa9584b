/**
 * What was tried for each item, when it is due again and when it is dead. Only pacing is remembered here, never state: a
 * restart forgets it and does the same things sooner.
 * @module
 */
import type { FieldChange } from '../contract.ts'
import type { Contested, Write } from '../line.ts'
import { errorTable, ReconcileError } from '../errors.ts'
import type { FailReason, Key, Scope, WaitReason } from '../records.ts'
import { maskDeep } from '../secrets/mask.ts'
import { backoffMs, type BackoffOptions } from '../time/backoff.ts'
import { RepairHistory } from './contested.ts'

export interface LedgerOptions extends BackoffOptions {
  /** How long a created item may stay invisible before it is created again, in ms. */
  readonly createSettleMs: number
  /** The same for a written field, in ms; doubles with every repetition. */
  readonly updateSettleMs: number
  /** Writes of the same values that are acknowledged and never seen, before the item is dead as NOT_CONVERGING. */
  readonly maxSilentWrites: number
  /** A terminal error is tried again after this long, in case the world changed, in ms. */
  readonly recheckMs: number
  /** An item is dead after at least so many failed attempts, */
  readonly maxAttempts: number
  /** and not before this long after the first of them, in ms: a rolling restart kills nothing. */
  readonly deadAfterMs: number
}

export const defaultLedgerOptions: LedgerOptions = {
  baseMs: 1_000,
  capMs: 300_000,
  random: Math.random,
  createSettleMs: 30_000,
  updateSettleMs: 2_000,
  maxSilentWrites: 3,
  recheckMs: 600_000,
  maxAttempts: 10,
  deadAfterMs: 1_800_000
}

interface Entry {
  /** Digest of the declaration these tries were for; another one starts again. */
  readonly generation: string
  /** Failures of the item itself. */
  readonly attempts: number
  readonly firstFailedAt: number
  /** Failures in a row of any kind, for the back-off. */
  readonly failures: number
  readonly error: ReconcileError | undefined
  /** What the write was to change, as text: another value at the service brings a dead item back to life. */
  readonly seen: string
  /** What was written last, as text, and how often in a row. */
  readonly written: string
  readonly writes: number
  readonly verb: Write['verb']
  /** When the last try ended. */
  readonly triedAt: number
  readonly dueAt: number
}

/** Why a change is not tried now. */
export interface Rest {
  readonly go: false
  readonly result: 'waiting' | 'failed'
  readonly reason: WaitReason | FailReason
  readonly error: ReconcileError | undefined
  /** ms since the epoch; null: not before its declaration or its value changes. */
  readonly dueAt: number | null
  readonly contested: Contested | null
}

/** Whether a change may be tried now. */
export type Turn = { readonly go: true } | Rest

export class Ledger {
  readonly #options: LedgerOptions
  readonly #entries = new Map<Key, Entry>()
  readonly #repairs = new RepairHistory()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Forgets what was tried for items that a pass over `scope` found in sync, gone or no longer to be written. */
  retain(writes: readonly Write[], scope: Scope, now: number): void {
    const keys = new Set(writes.map((change) => change.key))
    for (const key of scope === 'all' ? [...this.#entries.keys()] : scope) {
      if (keys.has(key)) continue
      this.#entries.delete(key)
    }
    for (const key of scope === 'all' ? this.#repairs.keys() : scope) {
      if (!keys.has(key)) this.#repairs.seenInSync(key, now)
    }
  }

  /** Whether a change is due. Changes nothing. */
  turn(change: Write, now: number): Turn {
    const entry = this.#current(change)
    if (entry !== undefined) {
      const dueAt = this.#dueAt(entry, change)
      const { error } = entry
      if (this.#isDead(entry, change, now)) {
        return rest('failed', 'dead', { error: error ?? notConverging(entry, change) })
      }
      if (now < dueAt && error === undefined) return rest('waiting', 'settling', { dueAt })
      if (now < dueAt && error?.retryable === true) return rest('waiting', 'backing-off', { error, dueAt })
      if (now < dueAt) return rest('failed', 'given-up', { error, dueAt })
    }
    const wait = this.#repairs.waitOf(change, now)
    return wait === undefined || wait.dueAt <= now ? { go: true } : rest('waiting', 'contested', wait)
  }

  /** How often writing this declaration has failed by itself. */
  attempts(change: Write): number {
    return this.#current(change)?.attempts ?? 0
  }

  /** Set while somebody else writes the same fields. */
  contested(change: Write, now: number): Contested | null {
    return this.#repairs.waitOf(change, now)?.contested ?? null
  }

  /** The same for an item that is as declared at the moment. */
  contestedInSync(key: Key, generation: string, now: number): Contested | null {
    return this.#repairs.contestedInSync(key, generation, now)
  }

  /** Whether there is anything to forget of this item. */
  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** Forgets what was tried for an item: it is due at once. */
  forget(key: Key): void {
    this.#entries.delete(key)
  }

  /** The service acknowledged the write; until the settle time is over it need not be visible. */
  acknowledged(change: Write, now: number): void {
    const entry = this.#current(change)
    const written = writtenText(change)
    const writes = entry?.written === written ? entry.writes + 1 : 1
    const { createSettleMs, updateSettleMs } = this.#options
    const settle = change.verb === 'create' ? createSettleMs : updateSettleMs * 2 ** (writes - 1)
    this.#repairs.repaired(change, now)
    this.#note(change, { written, writes, triedAt: now, dueAt: now + settle })
  }

  /** The write goes on by itself and took a step: nothing holds up the next one. */
  begun(change: Write): void {
    this.#entries.delete(change.key)
  }

  /**
   * The write failed; says when it is due again. `isOfTarget`: the whole service failed, which is no attempt of the
   * item.
   */
  failed(change: Write, error: ReconcileError, now: number, isOfTarget = errorTable[error.code].ofCall): number {
    const entry = this.#current(change)
    const failures = (entry?.failures ?? 0) + 1
    const delay =
      error.retryable || isOfTarget ? backoffMs(failures, this.#options, error.retryAfterMs) : this.#options.recheckMs
    const attempts = (entry?.attempts ?? 0) + (isOfTarget ? 0 : 1)
    const firstFailedAt = attempts <= 1 && !isOfTarget ? now : (entry?.firstFailedAt ?? now)
    this.#note(change, { attempts, firstFailedAt, failures, error, triedAt: now, dueAt: now + delay })
    return now + delay
  }

  #note(change: Write, what: Partial<Entry> & Pick<Entry, 'triedAt' | 'dueAt'>): void {
    const { generation, verb } = change
    const blank = { attempts: 0, firstFailedAt: 0, failures: 0, error: undefined, written: '', writes: 0 }
    this.#entries.set(change.key, { ...blank, generation, verb, seen: seenText(change), ...what })
  }

  #isDead(entry: Entry, change: Write, now: number): boolean {
    const { attempts, firstFailedAt, error, seen, writes, written } = entry
    if (seen !== seenText(change)) return false
    if (error === undefined) {
      return now >= entry.dueAt && written === writtenText(change) && writes >= this.#options.maxSilentWrites
    }
    return attempts >= this.#options.maxAttempts && now - firstFailedAt >= this.#options.deadAfterMs
  }

  /** An item that is to be updated after it was created has become visible: it need not wait for that any longer. */
  #dueAt(entry: Entry, change: Write): number {
    if (entry.error !== undefined || entry.verb === change.verb) return entry.dueAt
    return Math.min(entry.dueAt, entry.triedAt + this.#options.updateSettleMs)
  }

  #current(change: Write): Entry | undefined {
    const entry = this.#entries.get(change.key)
    return entry?.generation === change.generation ? entry : undefined
  }
}

function rest(
  result: Rest['result'],
  reason: Rest['reason'],
  { error, dueAt = null, contested = null }: Partial<Pick<Rest, 'error' | 'dueAt' | 'contested'>>
): Rest {
  return { go: false, result, reason, error, dueAt, contested }
}

function notConverging({ writes }: Entry, change: Write): ReconcileError {
  const fields = change.fields.map(describeField).join(', ')
  return new ReconcileError('NOT_CONVERGING', `written ${writes} times and still different: ${fields}`)
}

function writtenText(change: Write): string {
  return JSON.stringify([change.verb, change.fields.map((field) => [field.path, field.after])])
}

function seenText(change: Write): string {
  return JSON.stringify([change.verb, change.fields.map((field) => [field.path, field.before])])
}

function describeField({ path, before, after }: FieldChange): string {
  return `${path} is ${JSON.stringify(maskDeep(before, path))}, declared ${JSON.stringify(maskDeep(after, path))}`
}
