/**
 * Writes onto the ConfigMaps what became of their content, so that whoever waits for them can see it.
 *
 * A ConfigMap has no generation. Whether what is written on it is about what is in it now can be told from its managed
 * fields: the server notes there who wrote last, and when. So the report holds when our own entry is younger than all others.
 * @module
 */
import { projected, type ConfigMapContent } from '../read/config-map.ts'
import type { LogLine } from '../report/line.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { toReconcileError } from '../errors.ts'
import { Errand } from './errand.ts'
import { isStuck, standingElsewhere, standingOf, type Standing } from './standing.ts'

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

/** The server notes whole seconds: a write within the same one cannot be told from ours. */
const tellableMs = 1_100
/** kubelet takes two minutes at most. */
const arrivalMs = 300_000

/** Opens at once and touches no network. Only who reconciles has something to publish. */
export function publishReports(options: PublicationOptions): { readonly observer: Observer; close(): Promise<void> } {
  const { clock, log } = options
  const publication = new Publication(options)
  const errand = new Errand({
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
      publication.standing = standingOf(report, publication.refused)
      errand.wake()
    },
    leadership: ({ event }) => {
      if (event === 'lost') publication.standing = undefined
    }
  }
  return { observer, close: () => errand.close() }
}

class Publication {
  readonly #options: PublicationOptions
  standing: Standing | undefined
  refused: string | undefined
  #differsSince: number | undefined

  constructor(options: PublicationOptions) {
    this.#options = options
  }

  /** Writes what is not there yet. After how many ms to look again; undefined: when there is something new to say. */
  async publish(signal: AbortSignal): Promise<number | undefined> {
    const { names, maps } = this.#options
    const { standing } = this
    if (standing === undefined) return undefined
    const seen = await Promise.all(names.map(async (name) => ({ name, map: await maps.read(name, signal) })))
    const present = seen.flatMap(({ name, map }) => (map === undefined ? [] : [{ name, map }]))
    if (
      !this.#hasArrived(
        standing,
        present.map(({ map }) => map)
      )
    )
      return undefined
    let isTellable = true
    for (const { name, map, said } of whereItStands(standing, present)) {
      if (isSaid(map, said)) continue
      // It says something else from now on, or another replica does.
      if (this.standing !== standing) return 0
      const written = await this.#write(name, map, said, signal)
      isTellable &&= written !== undefined && written.ownAt > written.othersAt
    }
    return isTellable ? undefined : tellableMs
  }

  /** Undefined: somebody else was quicker. */
  async #write(
    name: string,
    map: ReportedMap,
    { digest, status }: Standing,
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

  /** What is in the ConfigMaps now may not be mounted yet; then there is nothing to say about it. */
  #hasArrived({ digest }: Standing, maps: readonly ReportedMap[]): boolean {
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
 * What is wrong until the next commit stands on the maps that changed last only: that commit leaves the others as they are, and
 * whoever waits for all of them would take what they say for an answer to it.
 */
function whereItStands(
  standing: Standing,
  present: readonly Named[]
): readonly (Named & { readonly said: Standing })[] {
  const latest = Math.max(...present.map(({ map }) => map.othersAt))
  const changed = present.filter(({ map }) => map.othersAt === latest).map(({ name }) => name)
  const elsewhere = isStuck(standing) ? standingElsewhere(standing, changed) : standing
  return present.map((each) => ({ ...each, said: changed.includes(each.name) ? standing : elsewhere }))
}

function isSaid(map: ReportedMap, { digest, status }: Standing): boolean {
  return (
    map.annotations[annotations.digest] === digest &&
    map.annotations[annotations.status] === status &&
    map.ownAt > map.othersAt
  )
}
