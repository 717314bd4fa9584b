/**
 * ConfigMaps in memory on a server that can be down, hang, or lose watches without a word.
 * @module
 */
import { ReconcileError } from '../../src/errors.ts'
import type { ConfigMaps } from '../../src/kubernetes/config-maps.ts'
import type { WatchListeners } from '../../src/kubernetes/follow-changes.ts'
import type { ConfigMapContent } from '../../src/read/config-map.ts'

interface Opened {
  readonly name: string
  readonly listeners: WatchListeners
  end(error?: Error): void
}

export class MemoryConfigMaps implements ConfigMaps {
  readonly namespace = 'shop'
  readonly #maps = new Map<string, ConfigMapContent>()
  readonly #open = new Set<Opened>()
  /** Thrown by every call. */
  failure: Error | undefined
  /** Thrown by every watch that is begun. */
  watchFailure: Error | undefined
  /** Calls get no answer. */
  hangs = false
  /** Watches stay open and say nothing. */
  deaf = false
  reads = 0
  /** Names, in the order in which watches were begun. */
  readonly begun: string[] = []

  /** Undefined removes it. */
  set(name: string, data: Record<string, string> | undefined): void {
    if (data === undefined) this.#maps.delete(name)
    else this.#maps.set(name, { data })
    if (this.deaf) return
    for (const { listeners } of [...this.#open].filter((watch) => watch.name === name)) listeners.onChange()
  }

  /** Ends all watches: as servers do, or with an error. */
  cut(error?: Error): void {
    for (const watch of this.#open) watch.end(error)
  }

  get open(): number {
    return this.#open.size
  }

  read(name: string): Promise<ConfigMapContent | undefined> {
    this.reads += 1
    if (this.hangs) return new Promise<never>(() => undefined)
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return Promise.resolve(this.#maps.get(name))
  }

  async watch(name: string, listeners: WatchListeners, signal: AbortSignal): Promise<void> {
    this.begun.push(name)
    const failure = this.watchFailure ?? this.failure
    if (failure !== undefined) throw failure
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const watch: Opened = { name, listeners, end: (error) => (error === undefined ? resolve() : reject(error)) }
    this.#open.add(watch)
    signal.addEventListener('abort', () => resolve(), { once: true })
    listeners.onOpen()
    if (this.#maps.has(name)) listeners.onChange()
    try {
      await promise
    } finally {
      this.#open.delete(watch)
    }
  }
}

export const unreachable = new ReconcileError('UNREACHABLE', 'https://10.0.0.1: connection refused')
