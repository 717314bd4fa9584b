/**
 * The real line from files to outcomes inside this process: files in memory, the plugin's own service on a real NiFi, and
 * a tap on the link that sees every request.
 * @module
 */
import type { Change, CycleReport, Json, Outcome, Plan, Service } from '../../../src/contract.ts'
import type { ConfigFiles } from '../../../src/parse/desired.ts'
import { digestOf } from '../../../src/read/snapshot.ts'
import { systemClock } from '../../../src/run/clock.ts'
import { converge } from '../../../src/run/converge.ts'
import { Environment } from '../../../src/run/environment.ts'
import { ServiceReconciler } from '../../../src/service-reconciler.ts'
import { ClientLink } from '../../../reconcilers/nifi/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection.ts'
import { nifiService } from '../../../reconcilers/nifi/index.ts'
import type { Answer, Link, Request } from '../../../reconcilers/nifi/link.ts'
import type { Scene } from './harness.ts'

/** File name without `.json` → its content, or file name → its bytes. */
export type Files = Readonly<Record<string, Json | Uint8Array>>

export interface LineOptions {
  /** Default `infometis`. */
  readonly owner?: string
  /** Told of every request before it is sent, and waited for: the moment at which somebody else is faster. */
  readonly before?: (request: Request) => Promise<void>
  /** File with the key of the digests of secrets. */
  readonly digestKeyFile?: string
  /** Id of the parent group, when it is not that of the scene. */
  readonly parent?: string
}

const lines: Line[] = []

after(async () => {
  for (const line of lines) await line.close()
})

/** A line for the flows below the group of a scene; closed at the end of the run. */
export function openLine(scene: Scene, options: LineOptions = {}): Line {
  const line = new Line(scene, options)
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

  constructor(scene: Scene, { owner = 'infometis', before = () => Promise.resolve(), digestKeyFile, parent = scene.parent }: LineOptions) {
    // A machine that is busy with other tests is not what these are about.
    const variables = { ...scene.env, REQUEST_TIMEOUT: '30s', ...(digestKeyFile !== undefined && { INFOMETIS_DIGEST_KEY_FILE: digestKeyFile }) }
    const environment = new Environment(variables)
    const link = new ClientLink(readConnectionSettings(environment))
    const tapped = (request: Request, signal: AbortSignal): Promise<Answer> => {
      this.#requests.push(request)
      return before(request).then(() => link.ask(request, signal))
    }
    const tap: Link = { ask: tapped, clientId: link.clientId, close: () => link.close() }
    const digestKey = environment.file('INFOMETIS_DIGEST_KEY_FILE')
    this.#service = nifiService(tap, { owner, parentGroup: parent, ...(digestKey && { digestKey }) })
    this.#owned = [`${scene.prefix}*`]
    this.#reconciler = new ServiceReconciler(this.#service, {
      directory: scene.dir,
      read: () => Promise.resolve(this.#files),
      owner,
      fullReadIntervalMs: 0
    })
  }

  /** From now on this is declared, and nothing else. */
  declare(files: Files, policy: Readonly<Record<string, Json>> = {}): void {
    const contents = Object.entries({ ...files, policy: { owned: [...this.#owned], ...policy } })
    const map = new Map(contents.map(([name, content]): [string, Uint8Array] => (content instanceof Uint8Array ? [name, content] : [`${name}.json`, Buffer.from(JSON.stringify(content))])))
    this.#files = { digest: digestOf(map), files: map }
  }

  /** One cycle. */
  cycle(): Promise<CycleReport> {
    return this.#reconciler.reconcile()
  }

  /** Cycles until nothing is left that time could change, as the verb `apply` does; at most for `ms`. */
  apply(ms = 120_000): Promise<CycleReport> {
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
    await converge({ cycle, clock: systemClock, signal: AbortSignal.timeout(120_000) })
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

  /** Which NiFi it is. */
  identity(): Promise<string> {
    return this.#service.identity(AbortSignal.timeout(60_000))
  }

  /** Every request since the last call. */
  take(): readonly Request[] {
    const taken = this.#requests
    this.#requests = []
    return taken
  }

  /** `PUT /path` of every request since the last call that writes. */
  takeWrites(): readonly string[] {
    return this.take().flatMap(({ method, path }) => (method === 'GET' ? [] : [`${method} ${path}`]))
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
