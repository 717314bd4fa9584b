/**
 * Reads settings, mappings and aliases of indices in as few requests as their names fit into. Never writes.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { nameLists } from '../connection/paths.ts'
import type { Reader } from '../readings.ts'
import { bodyOf, reasonOf, refusalOf, typeOf } from '../connection/refusal.ts'

/** What `GET /<index>` says of one index. */
export interface IndexReading {
  /** As `flat_settings=true` gives them, with the prefix `index.`. */
  readonly settings: Body
  readonly mappings: Body
  readonly aliases: Body
}

/** Readings by index; a text says why the server does not show the index. What is in neither has gone since. */
export type IndexReadings = ReadonlyMap<string, IndexReading | string>

/** Above this many lists of names, one request for everything is cheaper, unless most of what is there is not wanted. */
const mostLists = 3

type Asking = Pick<Reader, 'link' | 'signal'>

/** Reads these indices, closed ones too; `live` is how many there are in all. */
export async function readIndices(asking: Asking, names: readonly string[], live: number): Promise<IndexReadings> {
  const lists = nameLists(names)
  if (lists.length > mostLists && names.length * 2 >= live) {
    const all = await ask(asking, '*')
    if (all.readings !== undefined) return all.readings
  }
  const readings = await Promise.all(lists.map((list) => readList(asking, list.names, list.path)))
  return new Map(readings.flatMap((reading) => [...reading]))
}

/** One index with a metadata block, or without rights, makes the server refuse the whole list: then it is split. */
async function readList(asking: Asking, names: readonly string[], path: string): Promise<IndexReadings> {
  const { readings, refused } = await ask(asking, path)
  if (readings !== undefined) return readings
  const [only] = names
  if (names.length === 1 && only !== undefined) return new Map([[only, refused]])
  const middle = Math.ceil(names.length / 2)
  const halves = [names.slice(0, middle), names.slice(middle)].flatMap((half) => nameLists(half))
  const parts = await Promise.all(halves.map((half) => readList(asking, half.names, half.path)))
  return new Map(parts.flatMap((part) => [...part]))
}

type Asked =
  | { readonly readings: IndexReadings; readonly refused?: never }
  | { readonly readings?: never; readonly refused: string }

async function ask({ link, signal }: Asking, path: string): Promise<Asked> {
  const wildcards = path === '*' ? 'all' : 'none'
  const query = { flat_settings: true, ignore_unavailable: true, expand_wildcards: wildcards }
  const answer = await link.ask({ method: 'GET', path: `/${path}`, query }, signal)
  if (answer.status === 403) {
    const isBlocked = typeOf(answer) === 'cluster_block_exception'
    return { refused: isBlocked ? `its metadata is blocked: ${reasonOf(answer)}` : reasonOf(answer) }
  }
  if (answer.status >= 400) throw refusalOf(answer)
  return {
    readings: new Map(
      Object.entries(bodyOf(answer)).flatMap(([name, body]) => (isBody(body) ? [[name, readingOf(body)]] : []))
    )
  }
}

function bodyOrNone(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}

/** The part of an answer of `GET /<index>` that is about one index. Pure. */
export function readingOf(body: Body): IndexReading {
  return {
    settings: bodyOrNone(body['settings']),
    mappings: bodyOrNone(body['mappings']),
    aliases: bodyOrNone(body['aliases'])
  }
}
