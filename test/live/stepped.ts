/**
 * Sidecar loops inside this process, on a real server, by a clock that moves only while nothing is asked: hours pass in
 * seconds, and a slow machine changes nothing.
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { AnyResource, Service } from '../../src/contract.ts'
import type { CycleReport, Outcome } from '../../src/line.ts'
import type { ConfigFiles } from '../../src/read/config-files.ts'
import type { WatchOptions } from '../../src/read/change-poller.ts'
import { digestOf } from '../../src/read/snapshot.ts'
import type { ConfigSource } from '../../src/read/source.ts'
import { ServiceReconciler, type ReconcilerOptions } from '../../src/reconciler/service-reconciler.ts'
import { openMetrics } from '../../src/report/metrics.ts'
import { observers, silentObserver } from '../../src/report/observer.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { systemClock, type Clock } from '../../src/time/clock.ts'

/** Everything that follows from an answer has happened after so many turns of the event loop. */
const turnsToRest = 10

/** Loops that share a clock. A call that is never answered holds the time up: it has to end by a deadline of its own. */
export class Stepped {
  readonly clock: ManualClock
  readonly #asked = new Set<Promise<unknown>>()
  readonly #loops: LoopInMemory[] = []

  /** `startAt` in ms since the epoch. */
  constructor(startAt = Date.now()) {
    this.clock = new ManualClock(startAt)
  }

  /** A loop on a service, which it closes in the end. */
  loop(service: Service, options: Partial<ReconcilerOptions> = {}): LoopInMemory {
    const loop = new LoopInMemory(this.#tapped(service), this.clock, options)
    this.#loops.push(loop)
    return loop
  }

  /** Nothing is asked any more, and what follows from the answers has happened. */
  async rest(): Promise<void> {
    for (let turns = 0; turns < turnsToRest; turns += 1) {
      if (this.#asked.size > 0) turns = 0
      await Promise.allSettled(this.#asked)
      await turn()
    }
  }

  /** Moves the time by `ms`; everything that is due on the way is done at its moment, however long it takes. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms
    await this.rest()
    while (this.clock.now() < end) {
      const next = Math.max(this.clock.now(), Math.min(end, this.clock.due[0] ?? end))
      await this.clock.advance(next - this.clock.now())
      await this.rest()
    }
  }

  /** Ends all loops. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()))
  }

  #tapped(service: Service): Service {
    const tap =
      <I extends readonly unknown[], O>(ask: (...input: I) => Promise<O>) =>
      (...input: I): Promise<O> => {
        const asked = ask(...input).finally(() => this.#asked.delete(asked))
        asked.catch(() => undefined)
        this.#asked.add(asked)
        return asked
      }
    const resources = service.resources.map((resource): AnyResource => ({
      ...resource,
      observe: tap((...input) => resource.observe(...input)),
      ...(resource.create !== undefined && {
        create: tap(async (...input) => (await resource.create?.(...input)) ?? [])
      }),
      ...(resource.update !== undefined && {
        update: tap(async (...input) => (await resource.update?.(...input)) ?? [])
      })
    }))
    const identity = tap((...input: Parameters<Service['identity']>) => service.identity(...input))
    return { name: service.name, resources, identity, close: () => service.close() }
  }
}

/** One loop with a configuration in memory, and what it told. It may run by any clock. */
export class LoopInMemory {
  readonly outcomes: Outcome[] = []
  readonly reports: CycleReport[] = []
  readonly reconciler: ServiceReconciler
  readonly #metrics: ReturnType<typeof openMetrics>
  readonly #stopping = new AbortController()
  #files: ConfigFiles = { digest: '', files: new Map() }
  #watched: WatchOptions | undefined
  #running: Promise<void> | undefined

  constructor(service: Service, clock: Clock = systemClock, options: Partial<ReconcilerOptions> = {}) {
    const kinds = service.resources.map(({ kind }) => kind)
    this.#metrics = openMetrics({ service: service.name, kinds, clock })
    const source: ConfigSource = {
      read: () => Promise.resolve(this.#files),
      watch: (watched) => {
        this.#watched = watched
        return { close: () => Promise.resolve() }
      }
    }
    const told = {
      ...silentObserver,
      outcome: (_cycle: unknown, outcome: Outcome): void => void this.outcomes.push(outcome),
      cycleFinished: (report: CycleReport): void => void this.reports.push(report)
    }
    const observer = observers(told, this.#metrics.observer)
    this.reconciler = new ServiceReconciler(service, { source, observer, clock, ...options })
  }

  /** From now on these are the files, by their whole names; a loop that runs is told. */
  write(files: Readonly<Record<string, string>>): void {
    const bytes = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
    this.#files = { digest: digestOf(bytes), files: bytes }
    this.#watched?.onChange('event', this.#files)
  }

  /** Begins to run. */
  start(intervalMs = 30_000): void {
    this.#running = this.reconciler.run(intervalMs, this.#stopping.signal)
  }

  /** The value of a series, by its name and labels as they are printed; undefined where there is none. */
  async metric(series: string): Promise<number | undefined> {
    const line = (await this.#metrics.text()).split('\n').find((each) => each.startsWith(`${series} `))
    return line === undefined ? undefined : Number(line.slice(series.length + 1))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }
}
