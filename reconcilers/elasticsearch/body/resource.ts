/**
 * The acting half of every kind whose items are one body each: one request reads them all, one request writes one.
 * @module
 */
import {
  done,
  failed,
  type ItemResult,
  type Resource,
  toReconcileError,
  type Update,
  type WriteCall
} from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { answered } from '../connection/answered.ts'
import type { Link } from '../connection/link.ts'
import { encodeName } from '../connection/paths.ts'
import { refusalOf } from '../connection/refusal.ts'
import type { Facts } from '../facts.ts'
import { isShown, type Readings } from '../readings.ts'
import { bodyKind, type BodyKind } from './kind.ts'
import { readBodies } from './observe.ts'
import { bodyForCreate, bodyForUpdate, type BodyShape, type BodyState } from './shape.ts'

/** Items are never removed: there is no such method. */
export function bodyResource(
  row: BodyKind,
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
    answered(link, (heard) => Promise.all(bodies.map(([name, body]) => putOne(row, heard, name, body, signal))))
  return {
    ...bodyKind(row),
    scoped: true,
    observe: (desired, cycle) =>
      readings.observe(row.kind, desired, cycle, (reader) => readBodies(row, reader, desired), isShown),
    create: (items, call) =>
      putAll(
        items.map(({ name, spec }) => [name, bodyForCreate(row.shape, spec, markerFor(call))]),
        call
      ),
    update: (items, call) =>
      putAll(
        items.map((item) => [item.desired.name, updatedBody(row.shape, item, markerFor(call))]),
        call
      )
  }
}

function updatedBody(
  shape: BodyShape,
  { desired, state, fields }: Update<Body, BodyState>,
  marker: string | undefined
): Body {
  return bodyForUpdate(shape, desired.spec, state, new Set(fields.map(({ path }) => path)), marker)
}

async function putOne(row: BodyKind, link: Link, name: string, body: Body, signal: AbortSignal): Promise<ItemResult> {
  const query = Object.fromEntries(row.patience.map((parameter) => [parameter, link.patience[parameter]]))
  try {
    const answer = await link.ask({ method: 'PUT', path: `${row.path}/${encodeName(name)}`, query, body }, signal)
    return answer.status >= 400 ? failed(name, refusalOf(answer)) : done(name)
  } catch (error) {
    return failed(name, toReconcileError(error))
  }
}
