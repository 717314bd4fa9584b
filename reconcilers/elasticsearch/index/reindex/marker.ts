/**
 * What a generation says about its own copy, in `_meta.infometis` of its mapping. It is all that is remembered: a restart
 * finds it there.
 * @module
 */
import { isBody, type Body } from '../../body.ts'
import { fieldOf, valueAt } from '../../body/compare.ts'
import type { Link } from '../../connection/link.ts'
import { encodeName } from '../../connection/paths.ts'
import { bodyOf } from '../../connection/refusal.ts'

/**
 * Who refuses writes to the source. `ours`: we do, or are about to; `theirs`: somebody did before us; `none`: nobody, the
 * writers write to both; `lifted`: we did and do no more.
 */
export const blocks = ['ours', 'theirs', 'none', 'lifted'] as const
export type Block = (typeof blocks)[number]

/** A copy that is begun and not finished. */
export interface ReindexMarker {
  /** The generation whose documents are copied. */
  readonly from: string
  /** Of the declaration it was begun for. */
  readonly digest: string
  readonly block: Block
  /** The task that copies, once it is begun. */
  readonly task?: string
  /** Set when all documents are copied. */
  readonly copied?: true
  /** Why it was given up. */
  readonly failed?: string
}

/** Written into a generation that is no longer in use. */
export interface Replaced {
  readonly by: string
  /** ISO 8601. */
  readonly at: string
}

export interface GenerationMarker {
  readonly reindex?: ReindexMarker
  readonly replaced?: Replaced
}

const place = ['_meta', 'infometis'] as const

/** The marker of a mapping; what cannot be read is absent. Pure. */
export function markerOf(mappings: Body): GenerationMarker {
  const own = valueAt(mappings, place)
  return isBody(own) ? readMarker(own) : {}
}

/** The same from the value of `_meta.infometis`. Pure. */
export function readMarker(own: Body): GenerationMarker {
  const [reindex, replaced] = [readReindex(fieldOf(own, 'reindex')), readReplaced(fieldOf(own, 'replaced'))]
  return { ...(reindex && { reindex }), ...(replaced && { replaced }) }
}

function readReindex(value: Body[string] | undefined): ReindexMarker | undefined {
  if (!isBody(value)) return undefined
  const { from, digest, task, copied, failed } = value
  const block = blocks.find((candidate) => candidate === value['block'])
  if (typeof from !== 'string' || typeof digest !== 'string' || block === undefined) return undefined
  return {
    from,
    digest,
    block,
    ...(typeof task === 'string' && { task }),
    ...(copied === true && { copied }),
    ...(typeof failed === 'string' && { failed })
  }
}

function readReplaced(value: Body[string] | undefined): Replaced | undefined {
  if (!isBody(value)) return undefined
  const { by, at } = value
  return typeof by === 'string' && typeof at === 'string' ? { by, at } : undefined
}

/** The `_meta` of a mapping with this marker; other keys of it stay, and so does the owner. Pure. */
export function metaWith(mappings: Body, { reindex, replaced }: GenerationMarker, owner: string): Body {
  const meta = valueAt(mappings, ['_meta'])
  const own = valueAt(mappings, place)
  const { reindex: _reindex, replaced: _replaced, ...rest } = isBody(own) ? own : {}
  const marker = {
    ...rest,
    owner,
    ...(reindex && { reindex: { ...reindex } }),
    ...(replaced && { replaced: { ...replaced } })
  }
  return { ...(isBody(meta) ? meta : {}), infometis: marker }
}

/** Where markers are written. */
export interface MarkerWriter {
  readonly link: Link
  readonly owner: string
  readonly signal: AbortSignal
}

/** Writes the marker of an index whose mapping was just read; the server replaces `_meta` whole. Throws what the server refuses. */
export async function putMarker(
  { link, owner, signal }: MarkerWriter,
  index: string,
  mappings: Body,
  marker: GenerationMarker
): Promise<void> {
  const body = { _meta: metaWith(mappings, marker, owner) }
  bodyOf(await link.ask({ method: 'PUT', path: `/${encodeName(index)}/_mapping`, query: link.patience, body }, signal))
}
