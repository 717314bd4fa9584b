/**
 * What stands behind the fake service: items in memory, a record of what was asked and written, and faults to order.
 * @module
 */
import type { ItemResult, Sighting } from '../contract.ts'
import type { Json } from '../records.ts'
import { ReconcileError } from '../errors.ts'
import { done, failed, unchanged } from '../apply/outcome.ts'
import type { FakeState, Fields } from './fake-kinds.ts'

export type FakeMethod = 'identity' | 'observe' | 'create' | 'update'
export type FakeKind = 'queue' | 'setting'

/** One call the service got, faulty ones included. */
export interface FakeCall {
  readonly method: FakeMethod
  readonly kind: FakeKind | ''
  /** The items it was about: for `observe` the declared ones. */
  readonly names: readonly string[]
  /** Whether an observation asked for every field. */
  readonly full: boolean
}

/** One write that took effect. */
export interface FakeWrite {
  readonly verb: 'create' | 'update'
  readonly kind: FakeKind
  readonly name: string
  readonly fields: Readonly<Record<string, Json>>
}

/** An item as it is, whatever observations show. */
export interface FakeItem {
  readonly fields: Fields
  readonly owner?: string
  readonly excluded?: string
}

export type Sightings = ReadonlyMap<string, Sighting<FakeState>>

interface Stored {
  readonly item: FakeItem
  /** What observations show instead while `hiddenFor` is more than 0. */
  readonly shown: FakeItem | undefined
  readonly hiddenFor: number
}

type CallFault =
  | { readonly kind: 'throw'; readonly error: unknown; times: number }
  | { readonly kind: 'hang'; readonly deaf: boolean; times: number }

/** The server refuses longer texts, so that a declaration can be well-formed and wrong. */
const longestValue = 20

export class FakeServer {
  /** What it calls itself. */
  identity = 'fake-1'
  /** Room for the largest queue. */
  largestSize = 1_000
  readonly #items: Readonly<Record<FakeKind, Map<string, Stored>>> = {
    queue: new Map(),
    setting: new Map([['default', { item: { fields: new Map() }, shown: undefined, hiddenFor: 0 }]])
  }
  readonly #calls: FakeCall[] = []
  readonly #writes: FakeWrite[] = []
  readonly #callFaults = new Map<FakeMethod, CallFault>()
  readonly #refused = new Map<string, string>()
  readonly #rejected = new Map<string, { error: ReconcileError; times: number }>()
  readonly #lags = new Map<string, number>()
  readonly #ignored = new Set<string>()
  readonly #unanswered = new Set<string>()

  get calls(): readonly FakeCall[] {
    return this.#calls
  }

  get writes(): readonly FakeWrite[] {
    return this.#writes
  }

  /** How often a method was called. */
  count(method: FakeMethod): number {
    return this.#calls.filter((call) => call.method === method).length
  }

  /** Everything the server holds, as data in a fixed order. */
  snapshot(): Json {
    return { queue: plainItems(this.#items.queue), setting: plainItems(this.#items.setting) }
  }

  get(kind: FakeKind, name: string): FakeItem | undefined {
    return this.#items[kind].get(name)?.item
  }

  /** Sets fields of an item by hand, making it if needed; null removes a field. Seen by the next observation. */
  put(
    kind: FakeKind,
    name: string,
    fields: Readonly<Record<string, Json>>,
    marks: Omit<FakeItem, 'fields'> = {}
  ): void {
    const before = this.get(kind, name)
    this.#store(kind, name, {
      ...before,
      ...marks,
      fields: overlaid(before?.fields ?? new Map(), Object.entries(fields))
    })
  }

  /** Removes an item by hand. */
  delete(kind: FakeKind, name: string): void {
    this.#items[kind].delete(name)
  }

  /** Calls of `method` throw `error`. */
  failCalls(method: FakeMethod, error: unknown, times = Number.POSITIVE_INFINITY): void {
    this.#callFaults.set(method, { kind: 'throw', error, times })
  }

  /** Calls of `method` do not answer until their signal aborts, and `deaf` ones not even then. */
  hangCalls(method: FakeMethod, { deaf = false, times = Number.POSITIVE_INFINITY } = {}): void {
    this.#callFaults.set(method, { kind: 'hang', deaf, times })
  }

  /** Observations refuse to show items of this name. */
  refuse(name: string, why: string): void {
    this.#refused.set(name, why)
  }

  /** Writes of items of this name fail, their neighbours' do not. */
  reject(
    name: string,
    error = new ReconcileError('REJECTED', `${name} is refused`),
    times = Number.POSITIVE_INFINITY
  ): void {
    this.#rejected.set(name, { error, times })
  }

  /** Writes of items of this name are acknowledged and stay invisible for that many observations. */
  lag(name: string, observations: number): void {
    this.#lags.set(name, observations)
  }

  /** Writes of items of this name are acknowledged and do nothing. */
  ignoreWrites(name: string): void {
    this.#ignored.add(name)
  }

  /** Writes of items of this name take effect, and their answer never arrives. */
  loseAnswers(name: string): void {
    this.#unanswered.add(name)
  }

  /** Every call finds its connection cut. */
  cut(): void {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    for (const method of ['identity', 'observe', 'create', 'update'] as const) this.failCalls(method, error)
  }

  /** Ends all faults; calls that hang go on to. */
  heal(): void {
    const byName = [this.#refused, this.#rejected, this.#lags, this.#ignored, this.#unanswered]
    for (const faults of [this.#callFaults, ...byName]) faults.clear()
  }

  /** Records a call and lets it run into its fault. */
  async enter(call: FakeCall, signal: AbortSignal): Promise<void> {
    this.#calls.push(call)
    signal.throwIfAborted()
    const fault = this.#callFaults.get(call.method)
    if (fault === undefined || fault.times <= 0) return
    fault.times -= 1
    if (fault.kind === 'throw') throw fault.error
    await (fault.deaf ? new Promise<never>(() => undefined) : aborted(signal))
  }

  /** What an observation shows; undeclared fields only of items that `complete` names. */
  show(kind: FakeKind, declared: ReadonlyMap<string, Fields>, complete: (name: string) => boolean): Sightings {
    const sightings = [...this.#items[kind]].flatMap(([name, stored]): [string, Sighting<FakeState>][] => {
      const why = this.#refused.get(name)
      if (why !== undefined) return [[name, { refused: why }]]
      const item = this.#look(kind, name, stored)
      if (item === undefined) return []
      const { fields, ...marks } = item
      const isWhole = complete(name)
      const seen = [...fields].filter(
        ([path]) => isWhole || !path.includes('.') || declared.get(name)?.has(path) === true
      )
      return [[name, { state: { fields: new Map(seen), complete: isWhole }, ...marks }]]
    })
    return new Map(sightings)
  }

  /**
   * Creates an item with the server's defaults; one that is there already is left as it is. Throws where the answer is
   * lost.
   */
  create(kind: FakeKind, name: string, fields: Fields, owner: string): ItemResult {
    if (this.#items[kind].has(name)) return unchanged(name)
    const defaults: readonly [string, Json][] = [
      ['size', 1],
      ['mode', 'durable']
    ]
    return this.#write({ verb: 'create', kind, name, item: { fields: new Map(defaults), owner }, changes: fields })
  }

  /** Writes the named fields of an item; null removes one. Throws where the answer is lost. */
  update(kind: FakeKind, name: string, fields: Fields): ItemResult {
    const item = this.get(kind, name)
    if (item === undefined) return failed(name, new ReconcileError('CONFLICT', `${name} is gone`))
    return this.#write({ verb: 'update', kind, name, item, changes: fields })
  }

  #write(write: Omit<FakeWrite, 'fields'> & { readonly item: FakeItem; readonly changes: Fields }): ItemResult {
    const { verb, kind, name, item, changes } = write
    const rejection = this.#rejected.get(name)
    if (rejection !== undefined && rejection.times > 0) {
      rejection.times -= 1
      return failed(name, rejection.error)
    }
    const long = [...changes].find(([, value]) => typeof value === 'string' && value.length > longestValue)
    if (long !== undefined)
      return failed(
        name,
        new ReconcileError('REJECTED', `${name}: ${long[0]} has more than ${longestValue} characters`)
      )
    if (this.#ignored.has(name)) return done(name)
    this.#writes.push({ verb, kind, name, fields: Object.fromEntries(changes) })
    this.#store(kind, name, { ...item, fields: overlaid(item.fields, changes) }, this.#lags.get(name))
    const lost = `${name}: the connection was closed before the answer`
    if (this.#unanswered.has(name)) throw new ReconcileError('UNREACHABLE', lost)
    return done(name)
  }

  #store(kind: FakeKind, name: string, item: FakeItem, hiddenFor = 0): void {
    const before = this.#items[kind].get(name)
    const shown = before !== undefined && before.hiddenFor > 0 ? before.shown : before?.item
    this.#items[kind].set(name, { item, shown, hiddenFor })
  }

  #look(kind: FakeKind, name: string, stored: Stored): FakeItem | undefined {
    if (stored.hiddenFor <= 0) return stored.item
    this.#items[kind].set(name, { ...stored, hiddenFor: stored.hiddenFor - 1 })
    return stored.shown
  }
}

function overlaid(fields: Fields, changes: Iterable<readonly [string, Json]>): Fields {
  const result = new Map(fields)
  for (const [path, value] of changes) {
    if (value === null) result.delete(path)
    else result.set(path, value)
  }
  return result
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason of a signal is what is to be thrown
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function plainItems(items: ReadonlyMap<string, Stored>): Json {
  return sortedObject([...items].map(([name, { item }]) => [name, plain(item)]))
}

function plain({ fields, ...marks }: FakeItem): Json {
  return { ...marks, fields: sortedObject([...fields]) }
}

function sortedObject(entries: readonly (readonly [string, Json])[]): { readonly [key: string]: Json } {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
