/**
 * Reads the kinds whose items are one body each: all items with one request, or single ones with one each. Never writes.
 * @module
 */
import type { Desired, Json, Observed, Sighting } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import type { Answer } from '../connection/link.ts'
import { onePath } from '../connection/paths.ts'
import { isUnknownApi, reasonOf, refusalOf } from '../connection/refusal.ts'
import type { Facts } from '../facts.ts'
import { mostSingle, onlyNamed, type Reader } from '../readings.ts'
import { bodiesFrom, type BodyKind, type LiveNames } from './kind.ts'
import type { NamedBody } from './read.ts'
import type { BodyState } from './shape.ts'

type Seen = Observed<BodyState, Facts>
type Names = ReadonlySet<string>

/** All items, or in a pass over keys the declared ones among these. What is refused as a whole is refused for each. */
export async function readBodies(row: BodyKind, reader: Reader, desired: readonly Desired<Body>[]): Promise<Seen> {
  if (reader.scope === 'all') return readAll(row, reader, desired)
  const single = await readSingle(row, reader, desired)
  if (single !== undefined) return single
  const all = await readAll(row, reader, desired)
  const { live } = all.facts
  // Items may name others of their kind.
  const own = live && new Map([...live, [row.kind, new Set(all.items.keys())]])
  return onlyNamed({ ...all, facts: { ...all.facts, ...(own && { live: own }) } }, desired)
}

async function readAll(row: BodyKind, reader: Reader, desired: readonly Desired<Body>[]): Promise<Seen> {
  const answer = await askAll(reader, row.path)
  if (isUnknownApi(answer))
    return { items: new Map(), facts: { unsupported: `this server has no API for ${pluralOf(row.file)}` } }
  if (answer.status === 403)
    return {
      items: new Map(desired.map(({ name }): [string, Sighting<BodyState>] => [name, { refused: reasonOf(answer) }])),
      facts: {}
    }
  if (answer.status >= 400 && answer.status !== 404) throw refusalOf(answer)
  const live = new Map<string, Names>()
  for (const names of desired.length === 0 ? [] : row.refersTo) {
    const there = await readNames(reader, names)
    if (there !== undefined) live.set(names.kind, there)
  }
  // A server may say 404 when there is none at all.
  const items = answer.status === 404 ? new Map<string, Sighting<BodyState>>() : bodiesFrom(row, answer.body)
  return { items, facts: { live, ...marksOf(row, reader) } }
}

/**
 * These items alone, with one request each, and with one more for each kind they refer to; undefined where all items
 * have to be read: there are too many, a name cannot stand in a path, or the server does not tell of single ones.
 */
async function readSingle(row: BodyKind, reader: Reader, desired: readonly Desired<Body>[]): Promise<Seen | undefined> {
  if (desired.length > mostSingle) return undefined
  const answers = await Promise.all(desired.map(({ name }) => askOne(reader, row, name)))
  const items = new Map<string, Sighting<BodyState>>()
  for (const [position, answer] of answers.entries()) {
    if (answer === undefined) return undefined
    if (answer.status === 404) continue
    for (const [name, found] of bodiesFrom(row, answer.body))
      if (name === desired[position]?.name) items.set(name, found)
  }
  const live = new Map<string, Names>()
  for (const names of [row, ...row.refersTo]) {
    const there = await readReferred(reader, names, referredTo(row, names, desired, reader))
    if (there !== undefined) live.set(names.kind, there)
  }
  return { items, facts: { live, ...marksOf(row, reader) } }
}

/** What these items name of a kind and nobody declares: only of these the rules must know whether they are there. */
function referredTo(row: BodyKind, { kind }: LiveNames, desired: readonly Desired<Body>[], reader: Reader): Names {
  const declared = new Set(reader.declared.get(kind)?.map(({ name }) => name))
  const references = desired.flatMap(({ spec }) => row.references(spec))
  return new Set(references.filter((each) => each.kind === kind && !declared.has(each.name)).map(({ name }) => name))
}

/** Those of the names that are there. One is asked for by itself, of several all are read. */
async function readReferred(reader: Reader, names: LiveNames, referred: Names): Promise<Names | undefined> {
  const [only, ...more] = [...referred]
  if (only === undefined) return new Set()
  const answer = more.length > 0 ? undefined : await askOne(reader, names, only)
  return answer === undefined
    ? readNames(reader, names)
    : new Set(entriesOf(answer, names.entries).map(([name]) => name))
}

/** The answer about one item, 200 or 404; undefined where only a reading of all items can tell. */
async function askOne({ link, signal }: Reader, { path }: LiveNames, name: string): Promise<Answer | undefined> {
  const own = onePath([name])
  if (own === undefined) return undefined
  const answer = await link.ask({ method: 'GET', path: `${path}/${own}` }, signal)
  return (answer.status === 200 || answer.status === 404) && !isUnknownApi(answer) ? answer : undefined
}

/** A kind we may not see, or that the server does not have, is one that was not looked at. */
async function readNames(reader: Reader, names: LiveNames): Promise<Names | undefined> {
  const answer = await askAll(reader, names.path)
  if (isUnknownApi(answer) || answer.status === 403) return undefined
  return new Set(entriesOf(answer, names.entries).map(([name]) => name))
}

/** Shared by all kinds of a cycle. */
function askAll(reader: Reader, path: string): Promise<Answer> {
  return reader.once(`GET ${path}`, () => reader.link.ask({ method: 'GET', path }, reader.signal))
}

/** A server may say 404 when there is none at all. */
function entriesOf(answer: Answer, from: (answer: Json) => readonly NamedBody[]): readonly NamedBody[] {
  if (answer.status === 404) return []
  if (answer.status >= 400) throw refusalOf(answer)
  return from(answer.body)
}

function marksOf(row: BodyKind, { server }: Reader): Facts {
  return row.takesMarker(server) ? {} : { takesNoMarker: true }
}

function pluralOf(file: string): string {
  return file.replace('-', ' ')
}
