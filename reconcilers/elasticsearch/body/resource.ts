/**
 * The acting half of every kind whose items are one body each: one request reads them all, one request writes one.
 * @module
 */
import {
  type Cycle,
  type Desired,
  done,
  failed,
  type ItemResult,
  type Json,
  type Observed,
  type Resource,
  type Sighting,
  toReconcileError,
  type Update,
  type WriteCall
} from '../../../src/plugin.ts'
import { answered } from '../connection/answered.ts'
import type { Body } from '../body.ts'
import type { Facts } from '../facts.ts'
import type { Answer, Link } from '../connection/link.ts'
import { encodeName } from '../connection/paths.ts'
import { isShown, type Reader, type Readings } from '../readings.ts'
import { isUnknownApi, reasonOf, refusalOf } from '../connection/refusal.ts'
import { bodiesFrom, bodyKind, type BodyKind, type LiveNames } from './kind.ts'
import { bodyForCreate, bodyForUpdate, type BodyShape, type BodyState } from './shape.ts'

type Seen = Observed<BodyState, Facts>

/** Items are never removed: there is no such method. */
export function bodyResource(
  api: BodyKind,
  link: Link,
  readings: Readings,
  owner: string
): Resource<Body, BodyState, Facts> {
  const markerFor = ({ facts }: WriteCall<Facts>): string | undefined =>
    facts.takesNoMarker === true ? undefined : owner
  const putAll = (
    bodies: readonly (readonly [name: string, body: Body])[],
    { signal }: WriteCall<Facts>
  ): Promise<readonly ItemResult[]> =>
    answered(link, (heard) => Promise.all(bodies.map(([name, body]) => putOne(api, heard, name, body, signal))))
  return {
    ...bodyKind(api),
    observe: (desired: readonly Desired<Body>[], cycle: Cycle) =>
      readings.observe(api.kind, desired, cycle, (reader) => readAll(api, reader, desired), isShown),
    create: (items, call) =>
      putAll(
        items.map(({ name, spec }) => [name, bodyForCreate(api.shape, spec, markerFor(call))]),
        call
      ),
    update: (items, call) =>
      putAll(
        items.map((item) => [item.desired.name, updatedBody(api.shape, item, markerFor(call))]),
        call
      )
  }
}

async function readAll(api: BodyKind, reader: Reader, desired: readonly Desired<Body>[]): Promise<Seen> {
  const answer = await askAll(reader, api.path)
  if (isUnknownApi(answer))
    return { items: new Map(), facts: { unsupported: `this server has no API for ${pluralOf(api.file)}` } }
  if (answer.status === 403)
    return {
      items: new Map(desired.map(({ name }): [string, Sighting<BodyState>] => [name, { refused: reasonOf(answer) }])),
      facts: {}
    }
  const live = new Map<string, ReadonlySet<string>>()
  for (const names of desired.length === 0 ? [] : api.refersTo) {
    const there = await readNames(reader, names)
    if (there !== undefined) live.set(names.kind, there)
  }
  const marks: Facts = api.takesMarker(reader.server) ? {} : { takesNoMarker: true }
  return { items: entriesOf(answer, (body) => bodiesFrom(api, body)), facts: { live, ...marks } }
}

/** A kind we may not see, or that the server does not have, is one that was not looked at. */
async function readNames(reader: Reader, names: LiveNames): Promise<ReadonlySet<string> | undefined> {
  const answer = await askAll(reader, names.path)
  if (isUnknownApi(answer) || answer.status === 403) return undefined
  return new Set(entriesOf(answer, (body) => new Map(names.entries(body))).keys())
}

/** Shared by all kinds of a cycle. */
function askAll(reader: Reader, path: string): Promise<Answer> {
  return reader.once(`GET ${path}`, () => reader.link.ask({ method: 'GET', path }, reader.signal))
}

/** A server may say 404 when there is none at all. */
function entriesOf<T>(answer: Answer, from: (answer: Json) => ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if (answer.status === 404) return new Map()
  if (answer.status >= 400) throw refusalOf(answer)
  return from(answer.body)
}

function pluralOf(file: string): string {
  return file.replace('-', ' ')
}

function updatedBody(
  shape: BodyShape,
  { desired, state, fields }: Update<Body, BodyState>,
  marker: string | undefined
): Body {
  return bodyForUpdate(shape, desired.spec, state, new Set(fields.map(({ path }) => path)), marker)
}

async function putOne(api: BodyKind, link: Link, name: string, body: Body, signal: AbortSignal): Promise<ItemResult> {
  const query = Object.fromEntries(api.patience.map((parameter) => [parameter, link.patience[parameter]]))
  try {
    const answer = await link.ask({ method: 'PUT', path: `${api.path}/${encodeName(name)}`, query, body }, signal)
    return answer.status >= 400 ? failed(name, refusalOf(answer)) : done(name)
  } catch (error) {
    return failed(name, toReconcileError(error))
  }
}
