/**
 * Which index an item is about: the one of its name or, with a strategy, the generation behind the alias of its name.
 * @module
 */
import type { Desired } from '../../../src/plugin.ts'
import type { Catalog } from '../catalog.ts'
import type { IndexSpec } from './state.ts'

/** Where an item stands. `index` is undefined when it does not exist; `why` says that it cannot be told. */
export type Target =
  | { readonly index: string | undefined; readonly why?: never }
  | { readonly index?: never; readonly why: string }

/** The n-th generation of a name. */
export function generationName(name: string, number: number): string {
  return `${name}-${number}`
}

/** The number of a generation, undefined for an index that is none of this name. */
export function generationOf(name: string, index: string): number | undefined {
  const rest = index.startsWith(`${name}-`) ? index.slice(name.length + 1) : ''
  return /^[1-9]\d{0,8}$/.test(rest) ? Number(rest) : undefined
}

/** Names → their generations among these indices, one look at each index. Pure. */
export function generationsOf(
  names: readonly string[],
  indices: readonly string[]
): ReadonlyMap<string, readonly string[]> {
  const wanted = new Set(names)
  const found = Map.groupBy(
    indices.filter((index) => wanted.has(nameIn(index)) && generationOf(nameIn(index), index) !== undefined),
    nameIn
  )
  return new Map(names.map((name) => [name, found.get(name) ?? []]))
}

function nameIn(index: string): string {
  return index.slice(0, Math.max(0, index.lastIndexOf('-')))
}

/** Pure. */
export function targetOf(
  { name, spec }: Pick<Desired<IndexSpec>, 'name' | 'spec'>,
  catalog: Pick<Catalog, 'aliases' | 'dataStreams'> & { readonly indices: { has(name: string): boolean } }
): Target {
  const behind = catalog.aliases.get(name)
  if (catalog.dataStreams.has(name)) return { why: `"${name}" is a data stream; declare it in data-streams.json` }
  if (spec.strategy === undefined) {
    if (behind !== undefined)
      return { why: `"${name}" is an alias of ${behind.join(', ')}; declare those, or give the item a strategy` }
    return { index: catalog.indices.has(name) ? name : undefined }
  }
  if (catalog.indices.has(name))
    return {
      why: `strategy ${spec.strategy} needs an alias "${name}" in front of generations, found an index of that name`
    }
  const [only, ...more] = behind ?? []
  if (only === undefined) return { index: undefined }
  if (more.length > 0)
    return {
      why: `strategy ${spec.strategy} needs one index behind alias "${name}", found ${[only, ...more].join(', ')}`
    }
  if (generationOf(name, only) !== undefined) return { index: only }
  return {
    why: `strategy ${spec.strategy} needs generations named ${generationName(name, 1)}, ${generationName(name, 2)}, … behind alias "${name}", found ${only}`
  }
}
