/**
 * What must be known for a reading of single indices.
 * @module
 */
import type { Cycle, Desired } from '../../../src/plugin.ts'
import type { IndexSpec } from './state.ts'

type Index = Desired<IndexSpec>

/** Declared items that are in an alias that one of these declares, these included. Pure. */
export function partnersOf(desired: readonly Index[], { declared }: Pick<Cycle, 'declared'>): readonly Index[] {
  const aliases = new Set(desired.flatMap(({ spec }) => Object.keys(spec.aliases ?? {})))
  const own = new Set(desired.map(({ name }) => name))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the items of this kind
  const others = (declared.get('index') ?? []) as readonly Index[]
  const partners = others.filter(
    ({ name, spec }) => !own.has(name) && Object.keys(spec.aliases ?? {}).some((alias) => aliases.has(alias))
  )
  return [...desired, ...partners]
}

/** All that the catalog must be asked for: an index has its own name, or it is behind one that is an alias. Pure. */
export function expressionsOf(desired: readonly Index[], partners: readonly Index[]): readonly string[] {
  return [
    ...desired.flatMap(({ name, spec }) => [name, ...Object.keys(spec.aliases ?? {})]),
    ...partners.flatMap(({ name, spec }) => (spec.strategy === undefined ? [] : [name]))
  ]
}

/** What the names of its generations begin with. Pure. */
export function familyOf({ name, spec }: Index): readonly string[] {
  return spec.strategy === undefined ? [] : [`${name}-`]
}
