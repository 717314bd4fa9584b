/**
 * Creates indices.
 * @module
 */
import {
  type Desired,
  done,
  failed,
  type ItemResult,
  ReconcileError,
  toReconcileError,
  unchanged,
  waiting
} from '../../../src/plugin.ts'
import { canonicalMember } from '../alias/member.ts'
import { isBody, type Body } from '../body.ts'
import type { Answer, Link } from '../connection/link.ts'
import { mappingForCreate } from '../mapping/overlay.ts'
import { encodeName } from '../connection/paths.ts'
import { bodyOf, reasonOf, refusalOf, typeOf } from '../connection/refusal.ts'
import { compareIndex, settingsForCreate } from './compare.ts'
import { generationName } from './generations.ts'
import type { IndexSpec } from './state.ts'
import { readingOf } from './read-indices.ts'
import { whyNotReady } from './ready.ts'

type Index = Desired<IndexSpec>

/** One request each, eight at once; then one that waits for the shards of all. Idempotent, with an answer for every item. */
export async function createIndices(
  link: Link,
  items: readonly Index[],
  owner: string,
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  const results = await Promise.all(items.map((item) => createIndex(link, item, owner, signal)))
  const created = items.filter((_, position) => results[position]?.result === 'done').map(firstIndex)
  const late = await whyNotReady(link, created, signal)
  return results.map((result, position) => {
    const item = items[position]
    const why = item === undefined ? undefined : late.get(firstIndex(item))
    return why === undefined ? result : waiting(result.name, why)
  })
}

/** The index to create: the first generation when a strategy asks for generations. */
function firstIndex({ name, spec }: Pick<Index, 'name' | 'spec'>): string {
  return spec.strategy === undefined ? name : generationName(name, 1)
}

async function createIndex(link: Link, item: Index, owner: string, signal: AbortSignal): Promise<ItemResult> {
  const { name } = item
  try {
    const answer = await putIndex(link, item, creationBody(item, owner), signal)
    if (answer.status < 400) return done(name)
    return typeOf(answer) === 'resource_already_exists_exception'
      ? await compareWithOther(link, item, answer, signal)
      : failed(name, refusalOf(answer))
  } catch (error) {
    return failed(name, toReconcileError(error))
  }
}

/**
 * The write index of an alias moves in one request for both indices, which the next cycle makes; until then a new one
 * is not in the alias. The server says 500 and `illegal_state_exception` of a second write index (measured on 8.19, 9.4
 * and OpenSearch 3.8).
 */
async function putIndex(link: Link, item: Index, body: Body, signal: AbortSignal): Promise<Answer> {
  const put = (whole: Body): Promise<Answer> =>
    link.ask(
      {
        method: 'PUT',
        path: `/${encodeName(firstIndex(item))}`,
        query: { ...link.patience, wait_for_active_shards: 0 },
        body: whole
      },
      signal
    )
  const answer = await put(body)
  const aliases = Object.entries(isBody(body['aliases']) ? body['aliases'] : {})
  const others = aliases.filter(
    ([alias, member]) => alias === item.name || !isBody(member) || member['is_write_index'] !== true
  )
  if (typeOf(answer) !== 'illegal_state_exception' || others.length === aliases.length) return answer
  return put({ ...body, aliases: Object.fromEntries(others) })
}

/** The body of `PUT /<index>`. Pure. */
export function creationBody({ name, spec }: Pick<Index, 'name' | 'spec'>, owner: string): Body {
  const inFront = spec.strategy === undefined ? {} : { [name]: { is_write_index: true } }
  const aliases = {
    ...inFront,
    ...Object.fromEntries(Object.entries(spec.aliases ?? {}).map(([alias, member]) => [alias, canonicalMember(member)]))
  }
  return { settings: settingsForCreate(spec.settings), mappings: mappingForCreate(spec.mappings ?? {}, owner), aliases }
}

/** Somebody was quicker, or our own request of which we never heard: equal is as good as created by us. */
async function compareWithOther(link: Link, item: Index, exists: Answer, signal: AbortSignal): Promise<ItemResult> {
  const { name, spec } = item
  const path = `/${encodeName(firstIndex(item))}`
  const answer = await link.ask({ method: 'GET', path, query: { flat_settings: true } }, signal)
  if (answer.status === 403)
    return failed(
      name,
      new ReconcileError('NOT_PERMITTED', `it exists, and the credentials may not see it: ${reasonOf(answer)}`)
    )
  const [body] = Object.values(bodyOf(answer))
  if (!isBody(body)) return failed(name, refusalOf(exists))
  if (spec.strategy !== undefined && !(isBody(body['aliases']) && Object.hasOwn(body['aliases'], name))) {
    const why = `generation ${firstIndex(item)} is there and alias ${name} is not in front of it; put the alias in front of the generation that is in use`
    return failed(name, new ReconcileError('REJECTED', why))
  }
  const state = { index: name, isOpen: true, distribution: 'elasticsearch', ...readingOf(body) } as const
  if (compareIndex(spec, state).length === 0) return unchanged(name)
  return failed(name, new ReconcileError('CONFLICT', 'somebody else created it at the same time, with other fields'))
}
