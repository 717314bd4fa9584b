/**
 * Aliases, each with all that is behind it.
 * @module
 */
import type { Resource } from '../../../src/plugin.ts'
import { answered } from '../connection/answered.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../readings.ts'
import { aliasKind } from './kind.ts'
import { observeAliases } from './observe.ts'
import type { AliasFacts, AliasSpec, AliasState } from './state.ts'
import { createAliases, updateAliases } from './write.ts'

export { aliasKind } from './kind.ts'

/** Aliases cannot carry a marker. They are never removed as orphans. */
export function aliasResource(link: Link, readings: Readings): Resource<AliasSpec, AliasState, AliasFacts> {
  return {
    ...aliasKind,
    scoped: true,
    observe: (desired, cycle) => observeAliases(readings, desired, cycle),
    create: (items, { signal }) => answered(link, (heard) => createAliases(heard, items, signal)),
    update: (items, { signal }) => answered(link, (heard) => updateAliases(heard, items, signal))
  }
}
