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
import { checked } from '../../connection/checked.ts'
import { bodyOf, refusalOf } from '../../connection/refusal.ts'

type Definitions = ReadonlyMap<string, Group>

/** By the live ids of the groups. */
export interface Downloaded {
  readonly definitions: Definitions
  /** Why those that may not be downloaded may not, in NiFi's words. */
  readonly refused: ReadonlyMap<string, string>
}

/** Downloads under way at once, where each group is asked for by itself. */
const mostAtOnce = 4

/** Remembers the last download: what is as it was is the same object, so that what is remembered of it stays known. */
export class Downloads {
  #last: { readonly body: Json; readonly definitions: Definitions } | undefined

  /** Of all groups in one answer, which is the very same one where nothing has changed. Throws UNAVAILABLE for no download. */
  ofParent(body: Json): Downloaded {
    if (this.#last === undefined || this.#last.body !== body)
      this.#last = { body, definitions: keepEqual(definitionsOf(body), this.#last?.definitions) }
    return { definitions: this.#last.definitions, refused: new Map() }
  }

  /**
   * Of each group by itself. NiFi refuses the download of the parent as a whole for one part in it that may not be viewed,
   * and that must not hide all the others. One request a group. Throws `refusal` where not one of them may be downloaded.
   */
  async oneByOne(
    groups: readonly GroupEntity[],
    refusal: Answer,
    link: Link,
    signal: AbortSignal
  ): Promise<Downloaded> {
    const limit = pLimit(mostAtOnce)
    const ask = async ({ id }: GroupEntity): Promise<readonly [string, Answer]> => [
      id,
      await link.ask({ method: 'GET', path: `/process-groups/${encodeURIComponent(id)}/download` }, signal)
    ]
    const answers = await Promise.all(groups.filter(({ canRead }) => canRead).map((group) => limit(ask, group)))
    const shown = answers.filter(([, { status }]) => status !== 403 && status !== 404)
    if (shown.length === 0) throw refusalOf(refusal)
    const definitions = new Map(shown.map(([id, answer]) => [id, definitionOf(bodyOf(answer))]))
    const kept = keepEqual(definitions, this.#last?.definitions)
    this.#last = { body: null, definitions: kept }
    return {
      definitions: kept,
      refused: new Map(
        answers.flatMap(([id, answer]) => (answer.status === 403 ? [[id, refusalOf(answer).message]] : []))
      )
    }
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
