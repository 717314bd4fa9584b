/**
 * Reads aliases in two requests, in a pass over everything one of them shared with other kinds. Never writes.
 * @module
 */
import type { Cycle, Desired, Found, Observed, Sighting } from '../../../src/plugin.ts'
import { asBody, isBody, type Body } from '../body.ts'
import { readCatalog, readCatalogOf, type Catalog } from '../catalog.ts'
import type { Answer } from '../connection/link.ts'
import { onePath } from '../connection/paths.ts'
import { isShown, onlyNamed, type Reader, type Readings } from '../readings.ts'
import { bodyOf, reasonOf } from '../connection/refusal.ts'
import { inlineAliases } from './inline.ts'
import { canonicalMember } from './member.ts'
import type { AliasFacts, AliasSpec, AliasState } from './state.ts'

type Seen = Observed<AliasState, AliasFacts>

/** Alias → index or data stream → its member. */
export type LiveAliases = ReadonlyMap<string, ReadonlyMap<string, Body>>

/** The answer to `GET /_alias`: one request a cycle, shared by everybody who asks. */
export function askAliases(reader: Reader): Promise<Answer> {
  return reader.once('aliases', () =>
    reader.link.ask({ method: 'GET', path: '/_alias', query: { expand_wildcards: 'all' } }, reader.signal)
  )
}

/** The answer about these aliases alone: members of those that exist. Undefined where the server does not tell. */
export async function askAliasesOf({ link, signal }: Reader, names: readonly string[]): Promise<Answer | undefined> {
  const path = onePath(names)
  if (path === undefined) return undefined
  const answer = await link.ask({ method: 'GET', path: `/_alias/${path}`, query: { expand_wildcards: 'all' } }, signal)
  // Of names of which some do not exist the server shows the others, with a 404.
  return answer.status === 200 || answer.status === 404 ? answer : undefined
}

/** Every alias with its members, or the declared ones of a pass over keys. What is refused as a whole is refused for each. */
export async function observeAliases(
  readings: Readings,
  desired: readonly Desired<AliasSpec>[],
  cycle: Cycle
): Promise<Seen> {
  const seen = await readings.observe('alias', desired, cycle, (reader) => read(reader, desired), isShown)
  const inline = inlineAliases(cycle.declared)
  // Other kinds may have changed what they declare since this was read.
  return {
    ...seen,
    items: new Map([...seen.items].map(([name, sighting]) => [name, inline.has(name) ? excluded(sighting) : sighting]))
  }
}

function excluded(sighting: Sighting<AliasState>): Sighting<AliasState> {
  return 'refused' in sighting ? sighting : { ...sighting, excluded: 'declared by an index or a template' }
}

async function read(reader: Reader, desired: readonly Desired<AliasSpec>[]): Promise<Seen> {
  if (reader.scope === 'all') return readAll(reader, desired)
  const named = new Set(desired.map(({ name }) => name))
  const answer = await askAliasesOf(reader, [...named])
  if (answer === undefined) return onlyNamed(await readAll(reader, desired), desired)
  const live = [...aliasesFrom(asBody(answer.body))].filter(([name]) => named.has(name))
  const members = [...desired.flatMap(({ spec }) => Object.keys(spec)), ...live.flatMap(([, each]) => [...each.keys()])]
  const catalog = await readCatalogOf(reader, [...named, ...members])
  return { items: new Map(live.map(([name, each]) => [name, foundOf(each, catalog)])), facts: factsOf(catalog) }
}

async function readAll(reader: Reader, desired: readonly Desired<AliasSpec>[]): Promise<Seen> {
  const [answer, catalog] = await Promise.all([askAliases(reader), readCatalog(reader)])
  const facts = factsOf(catalog)
  if (answer.status === 403)
    return { items: new Map(desired.map(({ name }) => [name, { refused: reasonOf(answer) }])), facts }
  return {
    items: new Map([...aliasesFrom(bodyOf(answer))].map(([name, members]) => [name, foundOf(members, catalog)])),
    facts
  }
}

function factsOf(catalog: Catalog): AliasFacts {
  return {
    indices: new Set(catalog.indices.keys()),
    dataStreams: new Set(catalog.dataStreams.keys()),
    aliases: catalog.aliases
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
