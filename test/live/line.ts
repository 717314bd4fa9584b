/**
 * The real line from files to outcomes inside this process: files in memory, a plugin's own service on a real server,
 * and a tap on its link that sees every request.
 * @module
 */
import type { Service } from '../../src/contract.ts'
import type { Change, CycleReport, Outcome, Plan } from '../../src/line.ts'
import type { ConfigFiles } from '../../src/read/config-files.ts'
import { digestOf } from '../../src/read/snapshot.ts'
import { systemClock } from '../../src/time/clock.ts'
import { converge } from '../../src/reconciler/converge.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { testCycle } from '../../src/testing/cycle.ts'
import { reading } from '../reading.ts'

/** What a tap sees of a request. */
interface Seen {
  readonly method: string
  readonly path: string
}

/** Asks a server one thing. */
type Ask<R, A> = (request: R, signal: AbortSignal) => Promise<A>

/** Sees what is asked. */
export interface Tap<R, A> {
  readonly ask: Ask<R, A>
  /** What was asked since it was emptied. */
  readonly seen: R[]
}

/** `before` is told of every request before it is sent, and waited for: the moment at which somebody else is faster. */
export function tapOn<R, A>(
  ask: Ask<R, A>,
  before: (request: R) => Promise<void> = () => Promise.resolve()
): Tap<R, A> {
  const seen: R[] = []
  const tapped: Ask<R, A> = async (request, signal) => {
    seen.push(request)
    await before(request)
    return ask(request, signal)
  }
  return { ask: tapped, seen }
}

/** What a line is made of. */
export interface LineSetup<R> {
  readonly service: Service
  /** Filled by the tap on the link of the service. */
  readonly seen: R[]
  readonly owner: string
  /** Where files that are named in files are. */
  readonly directory: string
  /** How long an `apply` may take. */
  readonly patienceMs: number
}

const lines: Line<Seen>[] = []

after(async () => {
  for (const line of lines) await line.close()
})

/** One reconciler that lives as long as the line, as in a sidecar; closed at the end of the run. */
export class Line<R extends Seen> {
  readonly #setup: LineSetup<R>
  readonly #reconciler: ServiceReconciler
  #files: ConfigFiles = { digest: '', files: new Map() }

  constructor(setup: LineSetup<R>) {
    this.#setup = setup
    const { service, owner } = setup
    this.#reconciler = new ServiceReconciler(service, {
      source: reading(() => Promise.resolve(this.#files)),
      owner,
      fullReadIntervalMs: 0
    })
    lines.push(this)
  }

  /** From now on these are the files, by their whole names. */
  write(files: ReadonlyMap<string, Uint8Array>): void {
    this.#files = { digest: digestOf(files), files }
  }

  /** One cycle. */
  cycle(): Promise<CycleReport> {
    return this.#reconciler.reconcile()
  }

  /** Cycles until nothing is left that time could change, as the verb `apply` does; at most for `ms`. */
  apply(ms = this.#setup.patienceMs): Promise<CycleReport> {
    return converge({ cycle: () => this.cycle(), clock: systemClock, signal: AbortSignal.timeout(ms) })
  }

  /** What the cycles of an `apply` say about one item, each text once, without waiting for more. */
  async applied(name: string): Promise<readonly string[]> {
    const texts = new Set<string>()
    const cycle = async (): Promise<CycleReport> => {
      const report = await this.cycle()
      for (const text of told(report, name)) if (!/^(?:keep|\w+ waiting)\b/.test(text)) texts.add(text)
      return report
    }
    await converge({ cycle, clock: systemClock, signal: AbortSignal.timeout(this.#setup.patienceMs) })
    return [...texts]
  }

  /** What the verb `diff` would see. */
  async plan(): Promise<Plan> {
    return (await this.#reconciler.plan(AbortSignal.timeout(60_000))).plan
  }

  /** The changes of one item. */
  async diff(name: string): Promise<readonly Change[]> {
    return (await this.plan()).changes.filter((change) => change.name === name)
  }

  /** Which server it is. */
  identity(): Promise<string> {
    return this.#setup.service.identity(testCycle({ signal: AbortSignal.timeout(60_000) }))
  }

  /** Every request since the last call. */
  take(): readonly R[] {
    return this.#setup.seen.splice(0)
  }

  /** `PUT /path` of every request since the last call that writes. */
  takeWrites(): readonly string[] {
    return this.take().flatMap((request) => (this.isReading(request) ? [] : [`${request.method} ${request.path}`]))
  }

  /** Whether a request changes nothing. */
  isReading({ method }: R): boolean {
    return method === 'GET'
  }

  close(): Promise<void> {
    return this.#setup.service.close()
  }
}

/** The outcomes of one item; one with a held part has two. */
export function outcomesOf(report: CycleReport, name: string): readonly Outcome[] {
  if (report.status === 'blind') throw new Error(`the cycle could not look: ${report.error?.message}`)
  return report.outcomes.filter(({ key }) => key.endsWith(`/${name}`))
}

/** `update done`, `create failed REJECTED: …` of one item. */
export function told(report: CycleReport, name: string): readonly string[] {
  return outcomesOf(report, name).map(({ verb, result, why, error }) => {
    const reason = error === null ? (why ?? '') : `${error.code}: ${error.message}`
    return `${verb} ${result}${reason === '' ? '' : ` ${reason}`}`
  })
}
