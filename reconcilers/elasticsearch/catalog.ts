/**
 * Which names exist, and what kind of name each is: an index, an alias or a data stream.
 * @module
 */
import { type Json, ReconcileError } from '../../src/plugin.ts'
import { isBody, type Body } from './body.ts'
import type { Reader } from './readings.ts'
import type { Answer } from './connection/link.ts'
import { onePath } from './connection/paths.ts'
import { bodyOf } from './connection/refusal.ts'

/** One index as `_resolve/index` names it. */
export interface CatalogEntry {
  /** e.g. `open`, `closed`, `hidden`, `system`, `frozen`. */
  readonly attributes: readonly string[]
  /** The data stream it belongs to. */
  readonly dataStream: string | undefined
}

/** All names we are allowed to see. One we may not see is silently absent. */
export interface Catalog {
  readonly indices: ReadonlyMap<string, CatalogEntry>
  /** Alias → the indices and data streams behind it. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
  /** Data stream → its backing indices, oldest first. */
  readonly dataStreams: ReadonlyMap<string, readonly string[]>
}

/** One request a cycle, shared by all kinds. Never writes. Throws UNAVAILABLE for an answer that lists nothing. */
export function readCatalog(reader: Reader): Promise<Catalog> {
  return reader.once('catalog', async () => {
    const request = { method: 'GET', path: '/_resolve/index/*', query: { expand_wildcards: 'all' } } as const
    return listed(await reader.link.ask(request, reader.signal))
  })
}

/**
 * What the catalog says of these names, and of the names that begin with one of `prefixes`; other names may be in it
 * too. One request: all of the catalog where the names do not fit into one path, and where the server does not tell of
 * single ones, as when rights do not reach them.
 */
export async function readCatalogOf(
  reader: Reader,
  names: readonly string[],
  prefixes: readonly string[] = []
): Promise<Catalog> {
  const path = onePath([...new Set(names)], prefixes)
  if (path === undefined) return readCatalog(reader)
  const query = { expand_wildcards: 'all', ignore_unavailable: true }
  const answer = await reader.link.ask({ method: 'GET', path: `/_resolve/index/${path}`, query }, reader.signal)
  return answer.status === 200 ? listed(answer) : readCatalog(reader)
}

function listed(said: Answer): Catalog {
  const answer = bodyOf(said)
  // Without its lists an answer is no empty cluster.
  if (!Array.isArray(answer['indices']))
    throw new ReconcileError('UNAVAILABLE', 'expected the names of all indices, found an answer without `indices`')
  return catalogOf(answer)
}

/** The answer of `_resolve/index`. Pure. */
export function catalogOf(answer: Body): Catalog {
  return {
    indices: new Map(
      entries(answer['indices']).map((entry) => {
        const stream = entry['data_stream']
        return [
          nameOf(entry),
          { attributes: texts(entry['attributes']), dataStream: typeof stream === 'string' ? stream : undefined }
        ]
      })
    ),
    aliases: new Map(entries(answer['aliases']).map((entry) => [nameOf(entry), texts(entry['indices'])])),
    dataStreams: new Map(
      entries(answer['data_streams']).map((entry) => [nameOf(entry), texts(entry['backing_indices'])])
    )
  }
}

function entries(list: Json | undefined): readonly Body[] {
  return Array.isArray(list) ? list.filter((entry) => isBody(entry)) : []
}

function nameOf({ name }: Body): string {
  return typeof name === 'string' ? name : ''
}

/** The server gives one name as text, several as a list. */
function texts(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}
