/**
 * Reads the cluster only when it has changed. Everything we observe is part of the cluster state, whose version costs one
 * small request: as long as it and the declaration stay the same, what was read before is still true.
 * @module
 */
import { type Desired, fingerprintOf, type ObserveOptions } from '../../src/plugin.ts'
import type { Link } from './link.ts'
import { bodyOf } from './refusal.ts'
import { askServer, type Server } from './server.ts'

/** After this many observations without a reading everything is read again, whatever the version says. */
const mostIdle = 20

/** One cycle: what several kinds need is asked for once. */
export interface Cycle {
  readonly link: Link
  readonly server: Server
  readonly signal: AbortSignal
  /** The result of `read`, shared by everybody who asks under this name in this cycle. */
  once<T>(name: string, read: () => Promise<T>): Promise<T>
}

interface Kept {
  /** Version of the cluster state and digest of what was asked. */
  readonly of: string
  readonly value: unknown
  /** Read twice under the same version: every node has applied that state, and what it shows can be trusted. */
  readonly settled: boolean
  readonly idle: number
}

interface ClusterState {
  /** Undefined when we may not see it or are not told: then everything is read every time. */
  readonly version: string | undefined
  readonly clusterId: string
}

export class Readings {
  readonly #link: Link
  readonly #cycles = new WeakMap<AbortSignal, Map<string, Promise<unknown>>>()
  readonly #kept = new Map<string, Kept>()
  #server: Promise<Server> | undefined

  constructor(link: Link) {
    this.#link = link
  }

  /**
   * What `read` gives for a kind, or gave earlier when nothing can have changed since. Observations with the same signal
   * are of one cycle. `keep` says whether a result may be used again; what was refused must be asked again. `read` is told
   * what was kept before, so that what it finds unchanged can stay the same object.
   */
  async observe<T>(
    kind: string,
    desired: readonly Desired<unknown>[],
    { signal, full, everything }: ObserveOptions,
    read: (cycle: Cycle, before: T | undefined) => Promise<T>,
    keep: (value: T) => boolean
  ): Promise<T> {
    return this.#startOverAfterFailure(signal, async () => {
      const cycle = await this.#cycle(signal)
      const { version } = await this.#state(cycle)
      const of =
        version === undefined
          ? undefined
          : `${version} ${fingerprintOf([full, everything, ...desired.map(({ name, digest }) => [name, digest])])}`
      const kept = this.#kept.get(kind)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this kind's own results are kept under its name
      const before = kept?.value as T | undefined
      if (kept !== undefined && before !== undefined && kept.of === of && kept.settled && kept.idle < mostIdle) {
        this.#kept.set(kind, { ...kept, idle: kept.idle + 1 })
        return before
      }
      const value = await read(cycle, before)
      if (of === undefined || !keep(value)) this.#kept.delete(kind)
      else this.#kept.set(kind, { of, value, settled: kept?.of === of, idle: 0 })
      return value
    })
  }

  /** The id of the cluster; costs no request of its own in a cycle that has observed. */
  async clusterId(signal: AbortSignal): Promise<string> {
    return this.#startOverAfterFailure(signal, async () => {
      const cycle = await this.#cycle(signal)
      const { clusterId } = await this.#state(cycle)
      return clusterId === '' ? cycle.server.clusterId : clusterId
    })
  }

  /** `apply` waits for a service under one signal: what it read before a failure is old by the time it looks again. */
  async #startOverAfterFailure<T>(signal: AbortSignal, look: () => Promise<T>): Promise<T> {
    try {
      return await look()
    } catch (error) {
      this.#cycles.delete(signal)
      throw error
    }
  }

  async #cycle(signal: AbortSignal): Promise<Cycle> {
    const shared = this.#cycles.get(signal) ?? new Map<string, Promise<unknown>>()
    this.#cycles.set(signal, shared)
    const link = this.#link
    return {
      link,
      server: await this.#askServer(signal),
      signal,
      once: <T>(name: string, read: () => Promise<T>): Promise<T> => {
        const running = shared.get(name) ?? read()
        shared.set(name, running)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one name is one reading of one type
        return running as Promise<T>
      }
    }
  }

  /** Asked once; a failure is not remembered. */
  #askServer(signal: AbortSignal): Promise<Server> {
    this.#server ??= askServer(this.#link, signal).catch((error: unknown) => {
      this.#server = undefined
      throw error
    })
    return this.#server
  }

  #state(cycle: Cycle): Promise<ClusterState> {
    return cycle.once('cluster state', () => readState(cycle))
  }
}

/** Asks the master, so that no node that lags behind answers. Measured: 1 ms and about 100 bytes, whatever the cluster holds. */
async function readState({ link, signal }: Cycle): Promise<ClusterState> {
  const answer = await link.ask(
    { method: 'GET', path: '/_cluster/state/version', query: { filter_path: 'version,state_uuid,cluster_uuid' } },
    signal
  )
  if (answer.status === 403) return { version: undefined, clusterId: '' }
  const { version, state_uuid: id, cluster_uuid: cluster } = bodyOf(answer)
  const isKnown = typeof version === 'number' && typeof id === 'string'
  return { version: isKnown ? `${id} ${version}` : undefined, clusterId: typeof cluster === 'string' ? cluster : '' }
}
