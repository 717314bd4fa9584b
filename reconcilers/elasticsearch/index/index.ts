/**
 * Elasticsearch indices.
 * @module
 */
import type { Resource } from '../../../src/plugin.ts'
import { answered } from '../connection/answered.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../readings.ts'
import { createIndices } from './create.ts'
import { indexKind } from './kind.ts'
import { observeIndices } from './observe.ts'
import type { IndexFacts, IndexSpec, IndexState } from './state.ts'
import { updateIndices } from './update.ts'

export { indexKind } from './kind.ts'

/** Indices of the cluster behind `link`, marked as `owner`'s. They are never removed, closed or opened. */
export function indexResource(
  link: Link,
  readings: Readings,
  owner: string
): Resource<IndexSpec, IndexState, IndexFacts> {
  return {
    ...indexKind,
    scoped: true,
    observe: (desired, cycle) => observeIndices(readings, desired, cycle),
    create: (items, { signal }) => answered(link, (heard) => createIndices(heard, items, owner, signal)),
    update: (items, call) => answered(link, (heard) => updateIndices(heard, items, owner, call))
  }
}
