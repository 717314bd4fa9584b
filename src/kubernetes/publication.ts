/**
 * Annotates the ConfigMaps with the result of reconciling their content, for whoever waits for it.
 *
 * A ConfigMap has no generation. Its managed fields show whether the report is about the present content: the server records
 * there who wrote last, and when. So the report holds when our own entry is younger than all others.
 * @module
 */
import { projected, type ConfigMapContent } from '../read/config-map.ts'
import type { LogLine } from '../report/line.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { toReconcileError } from '../errors.ts'
import { BackgroundTask } from './background-task.ts'
import { isStuck, statusElsewhere, replicaStatusOf, type ConfigurationStatus } from './configuration-status.ts'

/** A ConfigMap as it was seen. */
export interface ReportedMap {
  /** Another one after each write, whoever wrote. */
  readonly version: string
  readonly content: ConfigMapContent
  readonly annotations: Readonly<Record<string, string>>
  /** When we wrote last, by the clock of the server, in whole seconds as ms since the epoch; 0: never. */
  readonly ownAt: number
  /** When anybody else wrote last. */
  readonly othersAt: number
}

/** Where the ConfigMaps are. Every method gives up when `signal` aborts. */
export interface ReportedMaps {
  /** Undefined: there is none. */
  read(name: string, signal: AbortSignal): Promise<ReportedMap | undefined>
  /** Writes. Throws CONFLICT when `seen` is not the newest version. */
  annotate(
    name: string,
    seen: ReportedMap,
    annotations: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<ReportedMap>
}

export interface PublicationOptions {
  /** All ConfigMaps the configuration consists of, a later one over an earlier one. */
  readonly names: readonly string[]
  readonly maps: ReportedMaps
  readonly clock: Clock
  readonly log: LogLine
}

export const annotations = {
  digest: 'infometis.io/observed-digest',
  status: 'infometis.io/status',
  at: 'infometis.io/observed-at'
} as const

/** The server records whole seconds: a write within the same second cannot be distinguished from ours. */
const distinguishableMs = 1_100
/** kubelet takes two minutes at most. */
const arrivalMs = 300_000

/** Opens at once and touches no network. Only the replica that reconciles publishes. */
export function publishReports(options: PublicationOptions): { readonly observer: Observer; close(): Promise<void> } {
  const { clock, log } = options
  const publication = new Publication(options)
  const task = new BackgroundTask({
    what: 'the report cannot be published',
    work: (signal) => publication.publish(signal),
    clock,
    log
  })
  const observer: Observer = {
    ...silentObserver,
    configuration: (event) => {
      if (event.event === 'refused') publication.refused = event.digest
      if (event.event === 'accepted') publication.refused = undefined
    },
    cycleFinished: (report) => {
      publication.status = replicaStatusOf(report, publication.refused)
      task.wake()
    },
    leadership: ({ event }) => {
      if (event === 'lost') publication.status = undefined
    }
  }
  return { observer, close: () => task.close() }
}

class Publication {
  readonly #options: PublicationOptions
  status: ConfigurationStatus | undefined
  refused: string | undefined
  #differsSince: number | undefined

  constructor(options: PublicationOptions) {
    this.#options = options
  }

  /** Writes what is missing. Returns after how many ms to look again; undefined: when there is a new status. */
  async publish(signal: AbortSignal): Promise<number | undefined> {
    const { names, maps } = this.#options
    const { status } = this
    if (status === undefined) return undefined
    const seen = await Promise.all(names.map(async (name) => ({ name, map: await maps.read(name, signal) })))
    const present = seen.flatMap(({ name, map }) => (map === undefined ? [] : [{ name, map }]))
    if (
      !this.#hasArrived(
        status,
        present.map(({ map }) => map)
      )
    )
      return undefined
    let isDistinguishable = true
    for (const { name, map, said } of statusPerMap(status, present)) {
      if (isSaid(map, said)) continue
      // A newer status replaced it, or another replica reports now.
      if (this.status !== status) return 0
      const written = await this.#write(name, map, said, signal)
      isDistinguishable &&= written !== undefined && written.ownAt > written.othersAt
    }
    return isDistinguishable ? undefined : distinguishableMs
  }

  /** Undefined: somebody else wrote first. */
  async #write(
    name: string,
    map: ReportedMap,
    { digest, status }: ConfigurationStatus,
    signal: AbortSignal
  ): Promise<ReportedMap | undefined> {
    const { maps, clock } = this.#options
    const said = {
      [annotations.digest]: digest,
      [annotations.status]: status,
      [annotations.at]: new Date(clock.now()).toISOString()
    }
    try {
      return await maps.annotate(name, map, said, signal)
    } catch (error) {
      if (toReconcileError(error).code === 'CONFLICT') return undefined
      throw error
    }
  }

  /** The present content of the ConfigMaps may not be mounted yet; then there is nothing to report about it. */
  #hasArrived({ digest }: ConfigurationStatus, maps: readonly ReportedMap[]): boolean {
    const { names, clock, log } = this.#options
    if (projected(maps.map(({ content }) => content)).digest === digest) {
      this.#differsSince = undefined
      return true
    }
    this.#differsSince ??= clock.now()
    if (clock.now() - this.#differsSince >= arrivalMs) {
      log(
        'warn',
        `the report is not published: the files differ from the content of ${names.join(', ')}; REPORT_CONFIG_MAPS must name all that are mounted, and no others`
      )
      this.#differsSince = Number.POSITIVE_INFINITY
    }
    return false
  }
}

interface Named {
  readonly name: string
  readonly map: ReportedMap
}

/**
 * An error that lasts until the next commit is reported only on the maps that changed last: that commit leaves the others as
 * they are, and whoever waits for all of them would take their report for an answer to it.
 */
function statusPerMap(
  status: ConfigurationStatus,
  present: readonly Named[]
): readonly (Named & { readonly said: ConfigurationStatus })[] {
  const latest = Math.max(...present.map(({ map }) => map.othersAt))
  const changed = present.filter(({ map }) => map.othersAt === latest).map(({ name }) => name)
  const elsewhere = isStuck(status) ? statusElsewhere(status, changed) : status
  return present.map((each) => ({ ...each, said: changed.includes(each.name) ? status : elsewhere }))
}

function isSaid(map: ReportedMap, { digest, status }: ConfigurationStatus): boolean {
  return (
    map.annotations[annotations.digest] === digest &&
    map.annotations[annotations.status] === status &&
    map.ownAt > map.othersAt
  )
}
