/**
 * Reads all aliases in two requests, one of them shared with other kinds. Never writes.
 * @module
 */
import type { Desired, Found, Observed, ObserveOptions, Sighting } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { readCatalog, type Catalog } from '../catalog.ts'
import type { Answer } from '../link.ts'
import type { Cycle, Readings } from '../readings.ts'
import { bodyOf, reasonOf } from '../refusal.ts'
import type { InlineAliases } from './inline.ts'
import { canonicalMember } from './member.ts'
import type { AliasFacts, AliasSpec, AliasState } from './state.ts'

type Seen = Observed<AliasState, AliasFacts>

/** Alias → index or data stream → its member. */
export type LiveAliases = ReadonlyMap<string, ReadonlyMap<string, Body>>

/** The answer to `GET /_alias`: one request a cycle, shared by everybody who asks. */
export function askAliases(cycle: Cycle): Promise<Answer> {
  return cycle.once('aliases', () =>
    cycle.link.ask({ method: 'GET', path: '/_alias', query: { expand_wildcards: 'all' } }, cycle.signal)
  )
}

/** Every alias with its members. What is refused as a whole is refused for each declared alias. */
export async function observeAliases(
  readings: Readings,
  inline: InlineAliases,
  desired: readonly Desired<AliasSpec>[],
  options: ObserveOptions
): Promise<Seen> {
  const seen = await readings.observe('alias', desired, options, (cycle) => read(cycle, desired), isKept)
  // Other kinds may have changed what they declare since this was read.
  return {
    ...seen,
    items: new Map([...seen.items].map(([name, sighting]) => [name, inline.has(name) ? excluded(sighting) : sighting]))
  }
}

function isKept({ items }: Seen): boolean {
  return [...items.values()].every((sighting) => !('refused' in sighting))
}

function excluded(sighting: Sighting<AliasState>): Sighting<AliasState> {
  return 'refused' in sighting ? sighting : { ...sighting, excluded: 'declared by an index or a template' }
}

async function read(cycle: Cycle, desired: readonly Desired<AliasSpec>[]): Promise<Seen> {
  const [answer, catalog] = await Promise.all([askAliases(cycle), readCatalog(cycle)])
  const facts = {
    indices: new Set(catalog.indices.keys()),
    dataStreams: new Set(catalog.dataStreams.keys()),
    aliases: catalog.aliases
  }
  if (answer.status === 403)
    return { items: new Map(desired.map(({ name }) => [name, { refused: reasonOf(answer) }])), facts }
  return {
    items: new Map([...aliasesFrom(bodyOf(answer))].map(([name, members]) => [name, foundOf(members, catalog)])),
    facts
  }
}

/** Turns index → alias into alias → index. Pure. */
export function aliasesFrom(answer: Body): LiveAliases {
  const aliases = new Map<string, Map<string, Body>>()
  for (const [index, body] of Object.entries(answer)) {
    const named = isBody(body) && isBody(body['aliases']) ? body['aliases'] : {}
    for (const [alias, member] of Object.entries(named)) {
      if (!isBody(member)) continue
      const members = aliases.get(alias) ?? new Map<string, Body>()
      aliases.set(alias, members.set(index, canonicalMember(member)))
    }
  }
  return aliases
}

function foundOf(members: ReadonlyMap<string, Body>, catalog: Catalog): Found<AliasState> {
  const streams = new Set([...members.keys()].filter((index) => catalog.dataStreams.has(index)))
  const why = excludedWhy(members, streams)
  return { state: { members, streams }, ...(why === undefined ? {} : { excluded: why }) }
}

function excludedWhy(members: ReadonlyMap<string, Body>, streams: ReadonlySet<string>): string | undefined {
  if ([...members.values()].every((member) => member['is_hidden'] === true)) return 'hidden'
  if (streams.size === members.size) return 'of a data stream'
  return [...members.keys()].every((index) => index.startsWith('.')) ? 'of indices that belong to the stack' : undefined
}
