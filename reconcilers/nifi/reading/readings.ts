/**
 * Reads NiFi in a constant number of requests, however many flows it runs: what several kinds need is asked for once in a
 * cycle.
 * @module
 */
import { type Cycle, type Json, ReconcileError } from '../../../src/plugin.ts'
import { Downloads, type Downloaded } from '../flow/reading/downloads.ts'
import type { ContextEntity, GroupListing, ServiceEntity } from './entities.ts'
import type { Group } from '../flow/definition/model.ts'
import type { Answer, Link, Request } from '../connection/link.ts'
import { contextsOf, groupListingOf, servicesOf } from './parse-entities.ts'
import { bodyOf, wordsOf } from '../connection/refusal.ts'
import { askServer, type Server } from './server.ts'

/** Who reads: a pass, whose kinds share what one of them has read, or a call that writes. */
export type Reader = Pick<Cycle, 'signal' | 'once'>

/** A reader that shares nothing: for whoever writes, what a pass has read is too old. */
export function readAnew(signal: AbortSignal): Reader {
  return { signal, once: (_name, read) => read() }
}

export class Readings {
  readonly #link: Link
  readonly #parent: string
  readonly #downloads = new Downloads()

  /** `parentGroup`: the id of the group the flows live in, or `root`. */
  constructor(link: Link, parentGroup: string) {
    this.#link = link
    this.#parent = parentGroup
  }

  /** The groups of the parent. One request. Throws when the parent may not be viewed or is not there. */
  groups(reader: Reader): Promise<GroupListing> {
    // `uiOnly` leaves out what only other programs read, where NiFi knows it.
    return reader.once('groups', async () =>
      groupListingOf(
        await this.#read(
          { method: 'GET', path: `/flow/process-groups/${this.#parent}`, query: { uiOnly: true } },
          reader.signal
        )
      )
    )
  }

  /**
   * The definitions of these groups as NiFi would export each, by live id. One request, for the parent as a whole; one a
   * group where NiFi refuses that. What is as it was in the cycle before is the same object, so that what is remembered of
   * it stays known.
   */
  async definitions(reader: Reader): Promise<ReadonlyMap<string, Group>> {
    return (await this.#downloaded(reader)).definitions
  }

  /** Why the definitions of groups may not be downloaded, by live id, from the same requests. */
  async refusedDefinitions(reader: Reader): Promise<ReadonlyMap<string, string>> {
    return (await this.#downloaded(reader)).refused
  }

  /** All controller services in the parent and below it, and those of the groups around it, which flows may refer to. One request. */
  services(reader: Reader): Promise<readonly ServiceEntity[]> {
    const query = { includeAncestorGroups: true, includeDescendantGroups: true, includeReferencingComponents: false }
    return reader.once('services', async () =>
      servicesOf(
        await this.#read(
          { method: 'GET', path: `/flow/process-groups/${this.#parent}/controller-services`, query },
          reader.signal
        )
      )
    )
  }

  /** All parameter contexts of this NiFi. One request. */
  contexts(reader: Reader): Promise<readonly ContextEntity[]> {
    return reader.once('contexts', async () =>
      contextsOf(bodyOf(await this.#link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, reader.signal)))
    )
  }

  /** Its version and its cluster. Two requests. */
  server(reader: Reader): Promise<Server> {
    return reader.once('server', () => askServer(this.#link, reader.signal))
  }

  /** The id of the group that holds all others: which NiFi this is. Costs no request of its own in a cycle that reads the groups. */
  async rootGroupId(reader: Reader): Promise<string> {
    return (await this.groups(reader)).rootId
  }

  /** Throws UNAVAILABLE while a node of the cluster is not connected: it would not get what is written. */
  async assertWritable(reader: Reader): Promise<void> {
    const { isClusterWhole, nodes } = await this.server(reader)
    if (!isClusterWhole)
      throw new ReconcileError(
        'UNAVAILABLE',
        `nothing is written while only ${nodes.connected} of ${nodes.total} nodes of the cluster are connected`
      )
  }

  #downloaded(reader: Reader): Promise<Downloaded> {
    const request = { method: 'GET', path: `/process-groups/${this.#parent}/download`, isRepeated: true } as const
    return reader.once('definitions', async () => {
      const answer = await this.#link.ask(request, reader.signal)
      if (answer.status !== 403) return this.#downloads.ofParent(this.#bodyOfParent(answer))
      return this.#downloads.oneByOne((await this.groups(reader)).groups, answer, this.#link, reader.signal)
    })
  }

  async #read(request: Request, signal: AbortSignal): Promise<Json> {
    return this.#bodyOfParent(await this.#link.ask(request, signal))
  }

  /** The parent is there as long as its id is right: one that is not must not look like an empty one. */
  #bodyOfParent(answer: Answer): Json {
    if (answer.status === 404)
      throw new ReconcileError(
        'VARIABLE_INVALID',
        `NIFI_PARENT_GROUP: expected the id of a process group, found "${this.#parent}" (${wordsOf(answer)})`
      )
    return bodyOf(answer)
  }
}
