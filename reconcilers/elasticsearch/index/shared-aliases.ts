/**
 * Reads what indices share with others: aliases that they declare as their own and that more than one index is in.
 * Never writes.
 * @module
 */
import { coversPath, type Desired } from '../../../src/plugin.ts'
import { canonicalMember } from '../alias/member.ts'
import { aliasesFrom, askAliases, askAliasesOf, type LiveAliases } from '../alias/observe.ts'
import type { SharedAlias } from '../alias/shared.ts'
import { isBody, type Body } from '../body.ts'
import type { Catalog } from '../catalog.ts'
import type { Reader } from '../readings.ts'
import { isRefused } from '../connection/refusal.ts'
import { generationName } from './generations.ts'
import type { IndexReadings } from './read-indices.ts'
import type { IndexSpec } from './state.ts'

type Index = Desired<IndexSpec>

/** Alias → what is known of it. */
export type SharedAliases = ReadonlyMap<string, SharedAlias>

/** Declared items and what was read of them. */
export interface DeclaredIndices {
  readonly desired: readonly Index[]
  /** Declared items that share an alias with these, and these. */
  readonly partners: readonly Index[]
  /** Item → its index, for those that exist. */
  readonly targets: ReadonlyMap<string, string>
  readonly catalog: Catalog
  readonly live: IndexReadings
}

/** The index an item is about, the first generation where there is none yet. Pure. */
export function indexOf({ name, spec }: Pick<Index, 'name' | 'spec'>, targets: ReadonlyMap<string, string>): string {
  return targets.get(name) ?? (spec.strategy === undefined ? name : generationName(name, 1))
}

/**
 * Aliases with more than one index, declared or live. One request, and none when all their indices were read already.
 */
export async function readSharedAliases(reader: Reader, indices: DeclaredIndices): Promise<SharedAliases> {
  const { catalog, live, desired } = indices
  const own = new Set(desired.flatMap(({ spec }) => Object.keys(spec.aliases ?? {})))
  const parts = [...declaredParts(indices)].filter(
    ([alias, declared]) =>
      own.has(alias) && new Set([...declared.keys(), ...(catalog.aliases.get(alias) ?? [])]).size > 1
  )
  const isRead = (index: string): boolean => asReading(live.get(index)) !== undefined
  const isKnown = parts.every(([alias]) => (catalog.aliases.get(alias) ?? []).every(isRead))
  const others = isKnown
    ? new Map<string, ReadonlyMap<string, Body>>()
    : await readOthers(
        reader,
        parts.map(([alias]) => alias)
      )
  return new Map(
    parts.map(([alias, declared]) => {
      const members = (catalog.aliases.get(alias) ?? []).map(
        (index) => [index, memberOf(alias, index, live) ?? others.get(alias)?.get(index) ?? {}] as const
      )
      return [alias, { declared, live: new Map(members) }]
    })
  )
}

/** What is paused or ignored stays as it is, so it is nothing others can count on. */
function declaredParts({ partners, targets }: DeclaredIndices): ReadonlyMap<string, ReadonlyMap<string, Body>> {
  const parts = new Map<string, Map<string, Body>>()
  for (const item of partners) {
    const { paused, ignore } = item.control
    for (const [alias, member] of Object.entries(item.spec.aliases ?? {})) {
      if (paused || ignore.some((path) => coversPath(path, `aliases.${alias}`))) continue
      const members = parts.get(alias) ?? new Map<string, Body>()
      parts.set(alias, members.set(indexOf(item, targets), canonicalMember(member)))
    }
  }
  return parts
}

/** Where aliases may not be read, nothing is known of their members but that they are there. */
async function readOthers(reader: Reader, aliases: readonly string[]): Promise<LiveAliases> {
  const named = reader.scope === 'all' ? undefined : await askAliasesOf(reader, aliases)
  const answer = named ?? (await askAliases(reader))
  return (named !== undefined || !isRefused(answer)) && isBody(answer.body) ? aliasesFrom(answer.body) : new Map()
}

function memberOf(alias: string, index: string, live: IndexReadings): Body | undefined {
  const aliases = asReading(live.get(index))?.aliases ?? {}
  const member = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined
  return isBody(member) ? canonicalMember(member) : undefined
}

function asReading(reading: ReturnType<IndexReadings['get']>) {
  return typeof reading === 'string' ? undefined : reading
}
