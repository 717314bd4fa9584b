/**
 * Reads the cluster only when it has changed. Everything we observe is part of the cluster state, whose version costs one
 * small request: as long as it and the declaration stay the same, what was read before is still true.
 * @module
 */
import { type Cycle, type Desired, fingerprintOf, type Observed } from '../../src/plugin.ts'
import type { Link } from './connection/link.ts'
import { bodyOf } from './connection/refusal.ts'
import { askServer, type Server } from './connection/server.ts'

/** After this many observations without a reading everything is read again, whatever the version says. */
const mostIdle = 20

/** A cycle with what a reading needs beside it. */
export interface Reader extends Cycle {
  readonly link: Link
  readonly server: Server
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

/** Whether all items were shown: what was refused must be asked again. */
export function isShown({ items }: Observed<unknown, unknown>): boolean {
  return [...items.values()].every((sighting) => !('refused' in sighting))
}

/** What was seen without the items nobody asked for. Pure. */
export function onlyNamed<State, Facts>(
  { items, facts }: Observed<State, Facts>,
  desired: readonly Desired<unknown>[]
): Observed<State, Facts> {
  const names = new Set(desired.map(({ name }) => name))
  return { items: new Map([...items].filter(([name]) => names.has(name))), facts }
}

/** Where a kind reads single items with one request each: of more it reads all, with one. */
export const mostSingle = 4

export class Readings {
  readonly #link: Link
  readonly #kept = new Map<string, Kept>()
  #server: Promise<Server> | undefined

  constructor(link: Link) {
    this.#link = link
  }

  /**
   * What `read` gives for a kind, or gave earlier when nothing can have changed since; in a pass over keys always what
   * `read` gives, which costs less than asking whether something has changed. `keep` says whether a result may be
   * used again. `read` is told what was kept before, so that what it finds unchanged can stay the same object.
   */
  async observe<T>(
    kind: string,
    desired: readonly Desired<unknown>[],
    cycle: Cycle,
    read: (reader: Reader, before: T | undefined) => Promise<T>,
    keep: (value: T) => boolean
  ): Promise<T> {
    const reader = await this.#reader(cycle)
    if (cycle.scope !== 'all') return read(reader, undefined)
    const { version } = await this.#state(cycle)
    const { full, everything } = cycle
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
    const value = await read(reader, before)
    if (of === undefined || !keep(value)) this.#kept.delete(kind)
    else this.#kept.set(kind, { of, value, settled: kept?.of === of, idle: 0 })
    return value
  }

  /** The id of the cluster; costs no request of its own in a cycle that has observed everything. */
  async clusterId(cycle: Cycle): Promise<string> {
    const { server } = await this.#reader(cycle)
    const { clusterId } = await this.#state(cycle)
    return clusterId === '' ? server.clusterId : clusterId
  }

  async #reader(cycle: Cycle): Promise<Reader> {
    return { ...cycle, link: this.#link, server: await this.#askServer(cycle.signal) }
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
    return cycle.once('cluster state', () => readState(this.#link, cycle.signal))
  }
}

/** Asks the master, so that no node that lags behind answers. Measured: 1 ms and about 100 bytes, whatever the cluster holds. */
async function readState(link: Link, signal: AbortSignal): Promise<ClusterState> {
  const answer = await link.ask(
    { method: 'GET', path: '/_cluster/state/version', query: { filter_path: 'version,state_uuid,cluster_uuid' } },
    signal
  )
  if (answer.status === 403) return { version: undefined, clusterId: '' }
  const { version, state_uuid: id, cluster_uuid: cluster } = bodyOf(answer)
  const isKnown = typeof version === 'number' && typeof id === 'string'
  return { version: isKnown ? `${id} ${version}` : undefined, clusterId: typeof cluster === 'string' ? cluster : '' }
}
