/**
 * The line of a scene on a real NiFi.
 * @module
 */
import type { Json } from '../../../src/records.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { ClientLink } from '../../../reconcilers/nifi/connection/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection/settings.ts'
import { nifiService } from '../../../reconcilers/nifi/index.ts'
import { defaultTimeouts, type Timeouts } from '../../../reconcilers/nifi/flow/write/call-context.ts'
import type { Request } from '../../../reconcilers/nifi/connection/link.ts'
import { Line as CommonLine, tapOn } from '../line.ts'
import type { Scene } from './harness.ts'

export { outcomesOf, told } from '../line.ts'

/** File name without `.json` → its content, or file name → its bytes. */
export type Files = Readonly<Record<string, Json | Uint8Array>>

/** For what is meant to stay INVALID: it is believed sooner. */
export const gullible: Partial<Timeouts> = { settle: 1000 }

export interface LineOptions {
  /** Default `infometis`. */
  readonly owner?: string
  /** Told of every request before it is sent, and waited for: the moment at which somebody else is faster. */
  readonly before?: (request: Request) => Promise<void>
  /** File with the key of the digests of secrets. */
  readonly digestKeyFile?: string
  /** Where something is to take longer than this. */
  readonly timeouts?: Partial<Timeouts>
  /** Id of the parent group, when it is not that of the scene. */
  readonly parent?: string
}

/** A line for the flows below the group of a scene. */
export function openLine(scene: Scene, options: LineOptions = {}): Line {
  return new Line(scene, options)
}

export class Line extends CommonLine<Request> {
  readonly #owned: readonly string[]

  constructor(
    scene: Scene,
    { owner = 'infometis', before, digestKeyFile, timeouts = {}, parent = scene.parent }: LineOptions
  ) {
    // A machine that is busy with other tests is not what these are about.
    const variables = {
      ...scene.env,
      REQUEST_TIMEOUT: '30s',
      ...(digestKeyFile !== undefined && { INFOMETIS_DIGEST_KEY_FILE: digestKeyFile })
    }
    const environment = new Environment(variables)
    const link = new ClientLink(readConnectionSettings(environment))
    const { ask, seen } = tapOn((request: Request, signal) => link.ask(request, signal), before)
    const digestKey = environment.file('INFOMETIS_DIGEST_KEY_FILE')
    const options = {
      owner,
      parentGroup: parent,
      ...(digestKey && { digestKey }),
      timeouts: { ...defaultTimeouts, ...timeouts }
    }
    const service = nifiService({ ask, clientId: link.clientId, close: () => link.close() }, options)
    super({ service, seen, owner, directory: scene.dir, patienceMs: 120_000 })
    this.#owned = [`${scene.prefix}*`]
  }

  /** From now on this is declared, and nothing else. */
  declare(files: Files, policy: Readonly<Record<string, Json>> = {}): void {
    const contents = Object.entries({ ...files, policy: { owned: [...this.#owned], ...policy } })
    this.write(
      new Map(
        contents.map(([name, content]): [string, Uint8Array] =>
          content instanceof Uint8Array ? [name, content] : [`${name}.json`, Buffer.from(JSON.stringify(content))]
        )
      )
    )
  }
}
