/**
 * A service with several kinds, driven by the loop of a sidecar under a clock that a test moves. Every call is noted,
 * and can be made to fail, to hang or to take time.
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { done } from '../../src/apply/outcome.ts'
import type { AnyResource, Cycle, ItemResult, Service } from '../../src/contract.ts'
import type { CycleReport, Outcome } from '../../src/line.ts'
import type { WatchOptions } from '../../src/read/change-poller.ts'
import type { ConfigSource } from '../../src/read/source.ts'
import type { Json } from '../../src/records.ts'
import { silentObserver, type LoopState } from '../../src/report/observer.ts'
import { ServiceReconciler, type ReconcilerOptions } from '../../src/reconciler/service-reconciler.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { configOf } from '../parse/box-kind.ts'
import { boxes, type Fields } from '../plan/model.ts'

export type Items = Readonly<Record<string, Fields>>

export interface TownKind {
  readonly kind: string
  readonly after?: readonly string[]
  /** @default true */
  readonly scoped?: boolean
  /** Most items in one call. @default 1 */
  readonly batch?: number
}

/** A call that writes, as it reached the service. */
export interface TownWrite {
  readonly kind: string
  /** What is written, by name. */
  readonly items: ReadonlyMap<string, Fields>
  /** That of the call. */
  readonly signal: AbortSignal
}

export class Town {
  readonly clock = new ManualClock()
  /** `observe box a b`, `observe box *`, `create box a`, `identity`. */
  readonly calls: string[] = []
  readonly reports: CycleReport[] = []
  /** `kind/name verb result [reason]` of everything that was told, in order. */
  readonly told: string[] = []
  readonly outcomes: Outcome[] = []
  state: LoopState | undefined
  /** Called before every answer; may throw or wait. The signal is that of the call. */
  mood: (call: string, signal: AbortSignal) => void | Promise<void> = () => undefined
  /** Called before every write, and before `mood`; may throw or wait. */
  onWrite: (write: TownWrite) => void | Promise<void> = () => undefined
  readonly reconciler: ServiceReconciler
  readonly #kinds: readonly TownKind[]
  readonly #held = new Map<string, Map<string, Fields>>()
  /** Items that are there and that observations do not show, by `kind/name`. */
  readonly #hidden = new Set<string>()
  readonly #stopping = new AbortController()
  #files: Readonly<Record<string, string>> = {}
  #version = 0
  #watched: WatchOptions | undefined
  #running: Promise<void> | undefined

  constructor(kinds: readonly TownKind[] = [{ kind: 'box' }], options: Partial<ReconcilerOptions> = {}) {
    this.#kinds = kinds
    for (const { kind } of kinds) this.#held.set(kind, new Map())
    const source: ConfigSource = {
      read: async () => configOf(this.#files, String(this.#version)),
      watch: (watched) => {
        this.#watched = watched
        return { close: () => Promise.resolve() }
      }
    }
    const observer = {
      ...silentObserver,
      outcome: (_cycle: unknown, outcome: Outcome): void => {
        const { kind, key, verb, result, reason } = outcome
        this.outcomes.push(outcome)
        if (verb === 'keep') return
        const name = key.slice(`town/${kind}/`.length)
        this.told.push([`${kind}/${name}`, verb, result, ...(reason === null ? [] : [reason])].join(' '))
      },
      cycleFinished: (report: CycleReport): void => void this.reports.push(report),
      state: (state: LoopState): void => void (this.state = state)
    }
    const ledger = { random: () => 0.5, ...options.ledger }
    this.reconciler = new ServiceReconciler(this.#service(), {
      source,
      observer,
      clock: this.clock,
      fullReadIntervalMs: 3_600_000,
      ...options,
      ledger
    })
  }

  /** Mounts another configuration, of which the reconciler is told at once where it runs. */
  declare(declared: Readonly<Record<string, Items>>, policy = '{}'): void {
    const documents = Object.entries(declared).map(([kind, items]): [string, string] => {
      const written = Object.entries(items).map(([name, fields]) => [name, { fields }])
      return [`${kind}s.json`, JSON.stringify(Object.fromEntries(written))]
    })
    this.mount({ ...Object.fromEntries(documents), 'policy.yaml': policy })
  }

  mount(files: Readonly<Record<string, string>>): void {
    this.#files = files
    this.#version += 1
    this.#watched?.onChange('event', configOf(files, String(this.#version)))
  }

  holds(kind: string, items: Items): void {
    for (const [name, fields] of Object.entries(items)) this.#of(kind).set(name, fields)
  }

  /** Observations do not show an item, though it is there. */
  hide(kind: string, name: string): void {
    this.#hidden.add(`${kind}/${name}`)
  }

  show(kind: string, name: string): void {
    this.#hidden.delete(`${kind}/${name}`)
  }

  fieldsOf(kind: string, name: string): Fields | undefined {
    return this.#of(kind).get(name)
  }

  /** Begins to run and makes the first passes. */
  async start(intervalMs = 30_000): Promise<void> {
    this.#running = this.reconciler.run(intervalMs, this.#stopping.signal)
    await this.settle()
  }

  /** Everything that can happen without more time has happened. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 30; turns += 1) await turn()
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms)
    await this.settle()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.settle()
    for (let hours = 0; hours < 3; hours += 1) await this.clock.advance(3_600_000)
    await this.#running
  }

  /** The calls since the last time they were taken. */
  take(): readonly string[] {
    return this.calls.splice(0)
  }

  #of(kind: string): Map<string, Fields> {
    const held = this.#held.get(kind)
    if (held === undefined) throw new Error(`no kind ${kind}`)
    return held
  }

  #service(): Service {
    return {
      name: 'town',
      resources: this.#kinds.map((kind) => this.#resource(kind)),
      identity: async ({ signal }) => {
        await this.#note('identity', signal)
        return 'town-1'
      },
      close: () => Promise.resolve()
    }
  }

  #resource({ kind, after, scoped = true, batch }: TownKind): AnyResource {
    return boxes({
      kind,
      file: `${kind}s`,
      ...(after !== undefined && { after }),
      ...(scoped && { scoped: true as const }),
      ...(batch !== undefined && { batching: { limit: batch, weigh: () => 1 } }),
      observe: async (desired, cycle: Cycle) => {
        const names = cycle.scope === 'all' ? undefined : desired.map(({ name }) => name)
        await this.#note(`observe ${kind} ${names?.join(' ') ?? '*'}`, cycle.signal)
        const seen = [...this.#of(kind)].filter(
          ([name]) => (names?.includes(name) ?? true) && !this.#hidden.has(`${kind}/${name}`)
        )
        return { items: new Map(seen.map(([name, state]) => [name, { state }])), facts: undefined }
      },
      create: (items, { signal }) =>
        this.#write(`create ${kind}`, kind, signal, new Map(items.map(({ name, spec }) => [name, spec.fields]))),
      update: (items, { signal }) => {
        const written = items.map(({ desired, fields }): [string, Fields] => [
          desired.name,
          Object.fromEntries(fields.map(({ path, after: value }): [string, Json] => [path, value]))
        ])
        return this.#write(`update ${kind}`, kind, signal, new Map(written))
      }
    })
  }

  async #write(
    verb: string,
    kind: string,
    signal: AbortSignal,
    items: ReadonlyMap<string, Fields>
  ): Promise<readonly ItemResult[]> {
    await this.onWrite({ kind, items, signal })
    await this.#note(`${verb} ${[...items.keys()].join(' ')}`, signal)
    for (const [name, fields] of items) this.#of(kind).set(name, { ...this.#of(kind).get(name), ...fields })
    return [...items.keys()].map(done)
  }

  async #note(call: string, signal: AbortSignal): Promise<void> {
    this.calls.push(call)
    await this.mood(call, signal)
  }
}

/** Never answers, and gives up with its signal. */
export function silence(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('no answer', 'AbortError')), { once: true })
  })
}
