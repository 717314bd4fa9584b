/**
 * The definitions of all groups of a parent, as NiFi would export each.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import pLimit from 'p-limit'
import { z } from 'zod'
import type { Json } from '../../../../src/plugin.ts'
import type { GroupEntity } from '../../reading/entities.ts'
import type { Group } from '../definition/model.ts'
import type { Answer, Link } from '../../connection/link.ts'
import { bodyOfParent, type Reader } from '../../reading/readings.ts'
import { checked } from '../../connection/checked.ts'
import { bodyOf, refusalOf } from '../../connection/refusal.ts'

type Definitions = ReadonlyMap<string, Group>

/** By the live ids of the groups. */
export interface Downloaded {
  readonly definitions: Definitions
  /** Why those that may not be downloaded may not, in NiFi's words. */
  readonly refused: ReadonlyMap<string, string>
}

/** Downloads in flight at once, where each group is asked for by itself. */
const mostAtOnce = 4

/** Remembers what it read last: what is as it was is the same object, so that what is remembered of it stays known. */
export class Downloads {
  readonly #link: Link
  readonly #parent: string
  #definitions: Definitions | undefined
  /** The answer all of them are from; null where they are from several. */
  #body: Json = null

  /** `parentGroup`: the id of the group the flows live in, or `root`. */
  constructor(link: Link, parentGroup: string) {
    this.#link = link
    this.#parent = parentGroup
  }

  /**
   * Of all groups in the parent. One request, for the parent as a whole; one a group where NiFi refuses that for one part in it
   * that may not be viewed, which must not hide all the others. `groups` gives those that are there. Throws where not one of
   * them may be downloaded, and UNAVAILABLE for what is no download.
   */
  all(reader: Reader, groups: () => Promise<readonly GroupEntity[]>): Promise<Downloaded> {
    const request = { method: 'GET', path: `/process-groups/${this.#parent}/download`, isRepeated: true } as const
    return reader.once('definitions', async () => {
      const answer = await this.#link.ask(request, reader.signal)
      return answer.status === 403
        ? this.#oneByOne(await groups(), answer, reader.signal)
        : this.#ofParent(bodyOfParent(answer, this.#parent))
    })
  }

  /** As `all` gave them last, and what was read of single groups since; undefined before that. */
  get last(): Definitions | undefined {
    return this.#definitions
  }

  /** Of one group, as `all` would give it. One request. */
  async one(id: string, { signal }: Reader): Promise<Downloaded> {
    const answer = await this.#ask(id, signal)
    const { shown, refused } = sorted([[id, answer]])
    const definitions = keepEqual(shown, this.#definitions)
    const others = [...(this.#definitions ?? [])].filter(([other]) => other !== id)
    // The last answer of the parent no longer covers all that is known.
    this.#body = null
    this.#definitions = new Map([...others, ...definitions])
    return { definitions, refused }
  }

  #ofParent(body: Json): Downloaded {
    // The very same answer: nothing has changed.
    if (this.#definitions === undefined || this.#body !== body)
      this.#definitions = keepEqual(definitionsOf(body), this.#definitions)
    this.#body = body
    return { definitions: this.#definitions, refused: new Map() }
  }

  async #oneByOne(groups: readonly GroupEntity[], refusal: Answer, signal: AbortSignal): Promise<Downloaded> {
    const limit = pLimit(mostAtOnce)
    const ask = async ({ id }: GroupEntity): Promise<readonly [string, Answer]> => [id, await this.#ask(id, signal)]
    const answers = await Promise.all(groups.filter(({ canRead }) => canRead).map((each) => limit(ask, each)))
    const { shown, refused } = sorted(answers)
    if (shown.size === 0) throw refusalOf(refusal)
    this.#body = null
    this.#definitions = keepEqual(shown, this.#definitions)
    return { definitions: this.#definitions, refused }
  }

  #ask(id: string, signal: AbortSignal): Promise<Answer> {
    return this.#link.ask({ method: 'GET', path: `/process-groups/${encodeURIComponent(id)}/download` }, signal)
  }
}

/** A group that is gone is neither shown nor refused. */
function sorted(answers: readonly (readonly [string, Answer])[]): {
  readonly shown: Definitions
  readonly refused: Downloaded['refused']
} {
  const there = answers.filter(([, { status }]) => status !== 404)
  const refused = there.filter(([, { status }]) => status === 403)
  const shown = there.filter(([, { status }]) => status !== 403)
  return {
    shown: new Map(shown.map(([id, answer]) => [id, definitionOf(bodyOf(answer))])),
    refused: new Map(refused.map(([id, answer]) => [id, refusalOf(answer).message]))
  }
}

const group = z.looseObject({ instanceIdentifier: z.string() })
const parentDownload = z.object({ flowContents: z.object({ processGroups: z.array(group).nullish() }) })
const groupDownload = z.object({ flowContents: group })

function definitionsOf(body: Json): Definitions {
  const { processGroups } = checked(parentDownload, body, 'a flow definition').flowContents
  return new Map((processGroups ?? []).map((each) => [each.instanceIdentifier, asGroup(each)]))
}

function definitionOf(body: Json): Group {
  return asGroup(checked(groupDownload, body, 'a flow definition').flowContents)
}

function asGroup(found: z.output<typeof group>): Group {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as far as a group has a form, NiFi keeps to it; all else is compared as JSON
  return found as Group
}

/** Of groups that are as they were, those read before. */
function keepEqual(now: Definitions, before: Definitions = new Map()): Definitions {
  return new Map(
    [...now].map(([id, found]) => {
      const known = before.get(id)
      return [id, known !== undefined && isDeepStrictEqual(known, found) ? known : found]
    })
  )
}
