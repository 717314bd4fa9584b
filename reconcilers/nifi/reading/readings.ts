/**
 * Reads NiFi in a constant number of requests, however many flows it runs: what several kinds need is asked for once in a
 * pass, and what a pass over everything has listed is remembered, so that a pass over single items finds them by their ids.
 * @module
 */
import { type Cycle, type Json, ReconcileError } from '../../../src/plugin.ts'
import type { Answer, Link, Request } from '../connection/link.ts'
import { bodyOf, explanationOf } from '../connection/refusal.ts'
import type { ContextEntity, GroupEntity, GroupListing, ServiceEntity } from './entities.ts'
import { contextOf, contextEntitiesOf, groupListingOf, groupOf, servicesOf } from './parse-entities.ts'
import { askServer, type Server } from './server.ts'

/** Who reads: a pass, whose kinds share what one of them has read, or a call that writes. */
export type Reader = Pick<Cycle, 'signal' | 'once'>

/** A reader that shares nothing: for whoever writes, what a pass has read is too old. */
export function freshReader(signal: AbortSignal): Reader {
  return { signal, once: (_name, read) => read() }
}

export class Readings {
  readonly #link: Link
  readonly #parent: string
  #lastGroups: GroupListing | undefined
  #lastContexts: readonly ContextEntity[] | undefined

  /** `parentGroup`: the id of the group the flows live in, or `root`. */
  constructor(link: Link, parentGroup: string) {
    this.#link = link
    this.#parent = parentGroup
  }

  /** The groups of the parent. One request. Throws when the parent may not be viewed or is not there. */
  async groups(reader: Reader): Promise<GroupListing> {
    // `uiOnly` leaves out what only other programs read, where NiFi knows it.
    const listing = await reader.once('groups', async () =>
      groupListingOf(
        await this.#read(
          { method: 'GET', path: `/flow/process-groups/${this.#parent}`, query: { uiOnly: true } },
          reader.signal
        )
      )
    )
    this.#lastGroups = listing
    void reader.once('root', () => Promise.resolve(listing.rootId))
    return listing
  }

  /** As `groups` gave them last; undefined before that. */
  get lastGroups(): GroupListing | undefined {
    return this.#lastGroups
  }

  /** One group by its id; undefined where there is none, or none that may be read. One request. */
  async group(id: string, { signal }: Reader): Promise<GroupEntity | undefined> {
    const path = `/process-groups/${encodeURIComponent(id)}`
    return shownBy(await this.#link.ask({ method: 'GET', path }, signal), groupOf)
  }

  /** All controller services in the parent and below it, and those of the groups around it, which flows may refer to. One request. */
  services(reader: Reader): Promise<readonly ServiceEntity[]> {
    return reader.once('services', async () =>
      servicesOf(await this.#read(servicesRequest(this.#parent), reader.signal))
    )
  }

  /** The same of one group of the parent; undefined where there is none, or none that may be read. One request. */
  async servicesAround(groupId: string, { signal }: Reader): Promise<readonly ServiceEntity[] | undefined> {
    return shownBy(await this.#link.ask(servicesRequest(encodeURIComponent(groupId)), signal), servicesOf)
  }

  /** All parameter contexts of this NiFi. One request. */
  async contexts(reader: Reader): Promise<readonly ContextEntity[]> {
    const contexts = await reader.once('contexts', async () =>
      contextEntitiesOf(
        bodyOf(await this.#link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, reader.signal))
      )
    )
    this.#lastContexts = contexts
    return contexts
  }

  /** As `contexts` gave them last; undefined before that. */
  get lastContexts(): readonly ContextEntity[] | undefined {
    return this.#lastContexts
  }

  /** One parameter context by its id; undefined where there is none, or none that may be read. One request. */
  async context(id: string, { signal }: Reader): Promise<ContextEntity | undefined> {
    const path = `/parameter-contexts/${encodeURIComponent(id)}`
    return shownBy(await this.#link.ask({ method: 'GET', path }, signal), contextOf)
  }

  /** Its version and its cluster. Two requests. */
  server(reader: Reader): Promise<Server> {
    return reader.once('server', () => askServer(this.#link, reader.signal))
  }

  /**
   * The id of the group that holds all others: which NiFi this is. No request of its own after `groups`; else one that does not
   * list: where the parent is still there by its id, which no other NiFi has, the group around it is the same too.
   */
  async rootGroupId(reader: Reader): Promise<string> {
    const last = this.#lastGroups
    if (last === undefined) return (await this.groups(reader)).rootId
    return reader.once('root', async () => {
      const isSame = (await this.group(last.parentId, reader))?.id === last.parentId
      return isSame ? last.rootId : (await this.groups(reader)).rootId
    })
  }

  /** Throws UNAVAILABLE while a node of the cluster is not connected: it would not get what is written. */
  async assertWritable(reader: Reader): Promise<void> {
    const { isClusterWhole, nodes } = await this.server(reader)
    if (!isClusterWhole)
      throw new ReconcileError(
        'UNAVAILABLE',
        `only ${nodes.connected} of ${nodes.total} nodes of the cluster are connected; not writing`
      )
  }

  async #read(request: Request, signal: AbortSignal): Promise<Json> {
    return bodyOfParent(await this.#link.ask(request, signal), this.#parent)
  }
}

/** The parent is there as long as its id is right: one that is not must not look like an empty one. */
export function bodyOfParent(answer: Answer, parent: string): Json {
  if (answer.status === 404)
    throw new ReconcileError(
      'VARIABLE_INVALID',
      `NIFI_PARENT_GROUP: expected the id of a process group, found "${parent}" (${explanationOf(answer)})`
    )
  return bodyOf(answer)
}

function servicesRequest(group: string): Request {
  const query = { includeAncestorGroups: true, includeDescendantGroups: true, includeReferencingComponents: false }
  return { method: 'GET', path: `/flow/process-groups/${group}/controller-services`, query }
}

/** What an answer about one object shows; undefined for one that is not there or may not be read. */
function shownBy<T>(answer: Answer, parse: (body: Json) => T): T | undefined {
  return answer.status === 404 || answer.status === 403 ? undefined : parse(bodyOf(answer))
}
