/**
 * Reads NiFi in a constant number of requests, however many flows it runs: what several kinds need is asked for once in a
 * cycle.
 * @module
 */
import { type Json, ReconcileError } from '../../src/plugin.ts'
import { Downloads, type Downloaded } from './downloads.ts'
import type { ContextEntity, GroupListing, ServiceEntity } from './entities.ts'
import type { Group } from './flow/definition/model.ts'
import { ComponentTypes } from './flow/types.ts'
import type { Answer, Link, Request } from './link.ts'
import { contextsOf, groupListingOf, servicesOf } from './parse-entities.ts'
import { bodyOf, wordsOf } from './refusal.ts'
import { askServer, type Server } from './server.ts'

/** Calls with the same signal are of one cycle and share what they read; after a failure all of it is read anew. */
export class Readings {
  readonly #link: Link
  readonly #parent: string
  readonly #cycles = new WeakMap<AbortSignal, Map<string, Promise<unknown>>>()
  #types: Promise<ComponentTypes> | undefined
  readonly #downloads = new Downloads()

  /** `parentGroup`: the id of the group the flows live in, or `root`. */
  constructor(link: Link, parentGroup: string) {
    this.#link = link
    this.#parent = parentGroup
  }

  /** The groups of the parent. One request. Throws when the parent may not be viewed or is not there. */
  groups(signal: AbortSignal): Promise<GroupListing> {
    // `uiOnly` leaves out what only other programs read, where NiFi knows it.
    return this.#once('groups', signal, async () =>
      groupListingOf(
        await this.#read(
          { method: 'GET', path: `/flow/process-groups/${this.#parent}`, query: { uiOnly: true } },
          signal
        )
      )
    )
  }

  /**
   * The definitions of these groups as NiFi would export each, by live id. One request, for the parent as a whole; one a
   * group where NiFi refuses that. What is as it was in the cycle before is the same object, so that what is remembered of
   * it stays known.
   */
  async definitions(signal: AbortSignal): Promise<ReadonlyMap<string, Group>> {
    return (await this.#downloaded(signal)).definitions
  }

  /** Why the definitions of groups may not be downloaded, by live id, from the same requests. */
  async refusedDefinitions(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return (await this.#downloaded(signal)).refused
  }

  /** All controller services in the parent and below it, and those of the groups around it, which flows may refer to. One request. */
  services(signal: AbortSignal): Promise<readonly ServiceEntity[]> {
    const query = { includeAncestorGroups: true, includeDescendantGroups: true, includeReferencingComponents: false }
    return this.#once('services', signal, async () =>
      servicesOf(
        await this.#read(
          { method: 'GET', path: `/flow/process-groups/${this.#parent}/controller-services`, query },
          signal
        )
      )
    )
  }

  /** All parameter contexts of this NiFi. One request. */
  contexts(signal: AbortSignal): Promise<readonly ContextEntity[]> {
    return this.#once('contexts', signal, async () =>
      contextsOf(bodyOf(await this.#link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, signal)))
    )
  }

  /** Its version and its cluster. Two requests. */
  server(signal: AbortSignal): Promise<Server> {
    return this.#once('server', signal, () => askServer(this.#link, signal))
  }

  /** Which components can be made. Two requests, once until `forgetTypes`; a failure is not remembered. */
  types(signal: AbortSignal): Promise<ComponentTypes> {
    this.#types ??= this.#readTypes(signal).catch((error: unknown) => {
      this.#types = undefined
      throw error
    })
    return this.#types
  }

  /** What can be made is read again when it is needed next: NiFi has been given other bundles, it seems. */
  forgetTypes(): void {
    this.#types = undefined
  }

  /** The id of the group that holds all others: which NiFi this is. Costs no request of its own in a cycle that reads the groups. */
  async rootGroupId(signal: AbortSignal): Promise<string> {
    return (await this.groups(signal)).rootId
  }

  /** Throws UNAVAILABLE while a node of the cluster is not connected: it would not get what is written. */
  async assertWritable(signal: AbortSignal): Promise<void> {
    const { isClusterWhole, nodes } = await this.server(signal)
    if (!isClusterWhole)
      throw new ReconcileError(
        'UNAVAILABLE',
        `nothing is written while only ${nodes.connected} of ${nodes.total} nodes of the cluster are connected`
      )
  }

  #downloaded(signal: AbortSignal): Promise<Downloaded> {
    const request = { method: 'GET', path: `/process-groups/${this.#parent}/download`, isRepeated: true } as const
    return this.#once('definitions', signal, async () => {
      const answer = await this.#link.ask(request, signal)
      if (answer.status !== 403) return this.#downloads.ofParent(this.#bodyOfParent(answer))
      return this.#downloads.oneByOne((await this.groups(signal)).groups, answer, this.#link, signal)
    })
  }

  async #readTypes(signal: AbortSignal): Promise<ComponentTypes> {
    const read = async (path: string): Promise<Json> => bodyOf(await this.#link.ask({ method: 'GET', path }, signal))
    const [processors, services] = await Promise.all([
      read('/flow/processor-types'),
      read('/flow/controller-service-types')
    ])
    return new ComponentTypes(processors, services)
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

  async #once<T>(name: string, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    const shared = this.#cycles.get(signal) ?? new Map<string, Promise<unknown>>()
    this.#cycles.set(signal, shared)
    const running = shared.get(name) ?? read()
    shared.set(name, running)
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one name is one reading of one type
      return (await running) as T
    } catch (error) {
      // `apply` waits for a service under one signal: what it read before a failure is old by the time it looks again.
      this.#cycles.delete(signal)
      throw error
    }
  }
}
