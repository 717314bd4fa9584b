/**
 * The line of a scene on a real Elasticsearch or OpenSearch server.
 * @module
 */
import type { Json } from '../../../src/records.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { readConnectionSettings } from '../../../reconcilers/elasticsearch/connection/settings.ts'
import { elasticsearchService } from '../../../reconcilers/elasticsearch/index.ts'
import { ClientLink } from '../../../reconcilers/elasticsearch/connection/client-link.ts'
import type { Request } from '../../../reconcilers/elasticsearch/connection/link.ts'
import { Line as CommonLine, tapOn } from '../line.ts'
import { variablesFor, type Access, type Scene } from './harness.ts'

export { outcomesOf, told } from '../line.ts'

/** File name without its ending → its content; a text is the file as it is. */
export type Files = Readonly<Record<string, Json>>

export interface LineOptions {
  /** Default `infometis`. */
  readonly owner?: string
  /** Told of every request before it is sent, and waited for: the moment at which somebody else is faster. */
  readonly before?: (request: Request) => Promise<void>
}

/** Reads although it is no GET. */
const askingPosts = /_has_privileges|_simulate_index|_explain|allocation\/explain/

/** A line for the names of a scene: others share the server. */
export function openLine(server: Access, scene: Scene, options: LineOptions = {}): Line {
  return new Line(server, [`${scene.prefix}*`], options)
}

export class Line extends CommonLine<Request> {
  readonly #owned: readonly string[]

  /** `owned` are patterns of what may be an orphan. */
  constructor(server: Access, owned: readonly string[], { owner = 'infometis', before }: LineOptions) {
    // A machine that is busy with other tests is not what these are about.
    const variables = { ...variablesFor(server), REQUEST_TIMEOUT: '30s' }
    const link = new ClientLink(readConnectionSettings(new Environment(variables)))
    const { ask, seen } = tapOn((request: Request, signal) => link.ask(request, signal), before)
    const service = elasticsearchService({ ask, patience: link.patience, close: () => link.close() }, owner)
    super({ service, seen, owner, directory: '', patienceMs: 60_000 })
    this.#owned = owned
  }

  /** From now on this one file is declared, by its whole name. */
  declareFile(name: string, text: string): void {
    this.write(
      new Map([
        [name, Buffer.from(text)],
        ['policy.json', Buffer.from(JSON.stringify({ owned: this.#owned }))]
      ])
    )
  }

  /** From now on this is declared, and nothing else. */
  declare({ policy = {}, ...files }: Files & { readonly policy?: Readonly<Record<string, Json>> }): void {
    const contents = Object.entries({ ...files, policy: { owned: [...this.#owned], ...policy } })
    this.write(
      new Map(
        contents.map(([name, content]) => [
          `${name}.json`,
          Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
        ])
      )
    )
  }

  override isReading({ method, path }: Request): boolean {
    return method === 'GET' || askingPosts.test(path)
  }
}
