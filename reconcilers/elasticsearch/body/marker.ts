/**
 * The marker `_meta.infometis.owner`, by which an item says who takes care of it.
 * @module
 */
import { isBody, type Body } from '../body.ts'
import { fieldOf, overlay, valueAt, type Steps } from './compare.ts'

const markerKey = 'infometis'

/** The owner an item names in its `_meta`, undefined when it names none. */
export function ownerOf(body: Body, meta: Steps): string | undefined {
  const owner = valueAt(body, [...meta, markerKey, 'owner'])
  return typeof owner === 'string' && owner !== '' ? owner : undefined
}

/** The body with the marker in its `_meta`, whose other keys stay; without an owner the body as it is. */
export function withMarker(body: Body, meta: Steps, owner: string | undefined): Body {
  return owner === undefined ? body : overlay(body, [{ steps: [...meta, markerKey], before: null, after: { owner } }])
}

/** The body without the marker, and without a `_meta` that held nothing else. */
export function withoutMarker(body: Body, meta: Steps): Body {
  const live = valueAt(body, meta)
  if (!isBody(live) || fieldOf(live, markerKey) === undefined) return body
  const isLast = Object.keys(live).length === 1
  return overlay(body, [{ steps: isLast ? meta : [...meta, markerKey], before: live, after: null }])
}
