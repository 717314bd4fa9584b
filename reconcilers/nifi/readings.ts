/**
 * Reads NiFi in a constant number of requests, however many flows it runs: what several kinds need is asked for once in a
 * cycle.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Json } from '../../src/contract.ts'
import { ReconcileError } from '../../src/errors.ts'
import type { ContextEntity, GroupListing, ServiceEntity } from './entities.ts'
import type { Group } from './flow/definition/model.ts'
import { ComponentTypes } from './flow/types.ts'
import type { Link, Request } from './link.ts'
import { checked, contextsOf, groupListingOf, servicesOf } from './parse-entities.ts'
import { bodyOf, wordsOf } from './refusal.ts'
import { askServer, type Server } from './server.ts'

/** Calls with the same signal are of one cycle and share what they read; after a failure all of it is read anew. */
export class Readings {
  readonly #link: Link
  readonly #parent: string
  readonly #cycles = new WeakMap<AbortSignal, Map<string, Promise<unknown>>>()
  #types: Promise<ComponentTypes> | undefined
  /** The definitions of the last download. */
  #last: { readonly body: Json; readonly definitions: ReadonlyMap<string, Group> } | undefined

  /** `parentGroup`: the id of the group the flows live in, or `root`. */
  constructor(link: Link, parentGroup: string) {
    this.#link = link
    this.#parent = parentGroup
  }

  /** The groups of the parent. One request. Throws when the parent may not be viewed or is not there. */
  groups(signal: AbortSignal): Promise<GroupListing> {
    // `uiOnly` leaves out what only other programs read, where NiFi knows it.
    return this.#once('groups', signal, async () => groupListingOf(await this.#read({ method: 'GET', path: `/flow/process-groups/${this.#parent}`, query: { uiOnly: true } }, signal)))
  }

  /**
   * The definitions of these groups as NiFi would export each, by live id. One request, for the parent as a whole. What is
   * as it was in the cycle before is the same object, so that what is remembered of it stays known.
   */
  definitions(signal: AbortSignal): Promise<ReadonlyMap<string, Group>> {
    const request = { method: 'GET', path: `/process-groups/${this.#parent}/download`, isRepeated: true } as const
    return this.#once('definitions', signal, async () => this.#keepEqual(await this.#read(request, signal)))
  }

  /** All controller services in the parent and below it, and those of the groups around it, which flows may refer to. One request. */
  services(signal: AbortSignal): Promise<readonly ServiceEntity[]> {
    const query = { includeAncestorGroups: true, includeDescendantGroups: true, includeReferencingComponents: false }
    return this.#once('services', signal, async () => servicesOf(await this.#read({ method: 'GET', path: `/flow/process-groups/${this.#parent}/controller-services`, query }, signal)))
  }

  /** All parameter contexts of this NiFi. One request. */
  contexts(signal: AbortSignal): Promise<readonly ContextEntity[]> {
    return this.#once('contexts', signal, async () => contextsOf(bodyOf(await this.#link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, signal))))
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
    if (!isClusterWhole) throw new ReconcileError('UNAVAILABLE', `nothing is written while only ${nodes.connected} of ${nodes.total} nodes of the cluster are connected`)
  }

  #keepEqual(body: Json): ReadonlyMap<string, Group> {
    if (this.#last === undefined || this.#last.body !== body) this.#last = { body, definitions: keepEqual(definitionsOf(body), this.#last?.definitions) }
    return this.#last.definitions
  }

  async #readTypes(signal: AbortSignal): Promise<ComponentTypes> {
    const read = async (path: string): Promise<Json> => bodyOf(await this.#link.ask({ method: 'GET', path }, signal))
    const [processors, services] = await Promise.all([read('/flow/processor-types'), read('/flow/controller-service-types')])
    return new ComponentTypes(processors, services)
  }

  /** Of the parent, which is there as long as its id is right: one that is not must not look like an empty one. */
  async #read(request: Request, signal: AbortSignal): Promise<Json> {
    const answer = await this.#link.ask(request, signal)
    if (answer.status === 404) throw new ReconcileError('VARIABLE_INVALID', `NIFI_PARENT_GROUP: expected the id of a process group, found "${this.#parent}" (${wordsOf(answer)})`)
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

const download = z.object({ flowContents: z.object({ processGroups: z.array(z.looseObject({ instanceIdentifier: z.string() })).nullish() }) })

function definitionsOf(body: Json): ReadonlyMap<string, Group> {
  const { processGroups } = checked(download, body, 'a flow definition').flowContents
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as far as a group has a form, NiFi keeps to it; all else is compared as JSON
  return new Map((processGroups ?? []).map((group) => [group.instanceIdentifier, group as Group]))
}

/** Of groups that are as they were, those read before. */
function keepEqual(now: ReadonlyMap<string, Group>, before: ReadonlyMap<string, Group> = new Map()): ReadonlyMap<string, Group> {
  return new Map(
    [...now].map(([id, group]) => {
      const known = before.get(id)
      return [id, known !== undefined && isDeepStrictEqual(known, group) ? known : group]
    })
  )
}
