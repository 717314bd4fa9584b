/**
 * The real line from files to outcomes inside this process: files in memory, the plugin's own service on a real server,
 * and a tap on the link that sees every request.
 * @module
 */
import type { Change, CycleReport, Json, Outcome, Plan, Service } from '../../../src/contract.ts'
import type { ConfigFiles } from '../../../src/parse/desired.ts'
import { digestOf } from '../../../src/read/snapshot.ts'
import { systemClock } from '../../../src/run/clock.ts'
import { converge } from '../../../src/run/converge.ts'
import { Environment } from '../../../src/run/environment.ts'
import { ServiceReconciler } from '../../../src/service-reconciler.ts'
import { readConnectionSettings } from '../../../reconcilers/elasticsearch/connection.ts'
import { elasticsearchService } from '../../../reconcilers/elasticsearch/index.ts'
import { ClientLink, type Answer, type Link, type Request } from '../../../reconcilers/elasticsearch/link.ts'
import { variablesFor, type Access, type Scene } from './harness.ts'

/** File name without its ending → its content; a text is the file as it is. */
export type Files = Readonly<Record<string, Json>>

export interface LineOptions {
  /** Default `infometis`. */
  readonly owner?: string
  /** Told of every request before it is sent, and waited for: the moment at which somebody else is faster. */
  readonly before?: (request: Request) => Promise<void>
}

/** Reads although it is no GET. */
const askingPosts = /_has_privileges|_explain|allocation\/explain/

const lines: Line[] = []

after(async () => {
  for (const line of lines) await line.close()
})

/** A line for the names of a scene; closed at the end of the run. */
export function openLine(server: Access, scene: Scene, options: LineOptions = {}): Line {
  const line = new Line(server, [`${scene.prefix}*`], options)
  lines.push(line)
  return line
}

/** One reconciler that lives as long as the line, as in a sidecar. */
export class Line {
  readonly #service: Service
  readonly #reconciler: ServiceReconciler
  readonly #owned: readonly string[]
  #requests: Request[] = []
  #files: ConfigFiles = { digest: '', files: new Map() }

  /** `owned` are patterns of what may be an orphan: others share the server. */
  constructor(server: Access, owned: readonly string[], { owner = 'infometis', before = () => Promise.resolve() }: LineOptions) {
    // A machine that is busy with other tests is not what these are about.
    const variables = { ...variablesFor(server), REQUEST_TIMEOUT: '30s' }
    const link = new ClientLink(readConnectionSettings(new Environment(variables)))
    const tapped = (request: Request, signal: AbortSignal): Promise<Answer> => {
      this.#requests.push(request)
      return before(request).then(() => link.ask(request, signal))
    }
    const tap: Link = { ask: tapped, patience: link.patience, close: () => link.close() }
    this.#service = elasticsearchService(tap, owner)
    this.#owned = owned
    this.#reconciler = new ServiceReconciler(this.#service, {
      directory: '',
      read: () => Promise.resolve(this.#files),
      owner,
      fullReadIntervalMs: 0
    })
  }

  /** From now on this is declared, and nothing else. */
  declare({ policy = {}, ...files }: Files & { readonly policy?: Readonly<Record<string, Json>> }): void {
    const contents = { ...files, policy: { owned: [...this.#owned], ...policy } }
    const map = new Map(
      Object.entries(contents).map(([name, content]) => [`${name}.json`, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))])
    )
    this.#files = { digest: digestOf(map), files: map }
  }

  /** One cycle. */
  cycle(): Promise<CycleReport> {
    return this.#reconciler.reconcile()
  }

  /** Cycles until nothing is left that time could change, as the verb `apply` does; at most for `ms`. */
  apply(ms = 60_000): Promise<CycleReport> {
    return converge({ cycle: () => this.cycle(), clock: systemClock, signal: AbortSignal.timeout(ms) })
  }

  /** What the verb `diff` would see. */
  async plan(): Promise<Plan> {
    return (await this.#reconciler.plan(AbortSignal.timeout(60_000))).plan
  }

  /** The changes of one item. */
  async diff(name: string): Promise<readonly Change[]> {
    return (await this.plan()).changes.filter((change) => change.name === name)
  }

  /** Every request since the last call. */
  take(): readonly Request[] {
    const taken = this.#requests
    this.#requests = []
    return taken
  }

  /** `PUT /path` of every request since the last call that writes. */
  takeWrites(): readonly string[] {
    return this.take().flatMap(({ method, path }) => (method === 'GET' || askingPosts.test(path) ? [] : [`${method} ${path}`]))
  }

  close(): Promise<void> {
    return this.#service.close()
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
