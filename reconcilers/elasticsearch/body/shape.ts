/**
 * A kind whose items are one body each: how the body is compared, and what a write of it holds.
 * @module
 */
import { type FieldChange, type Json, reportable } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import {
  compareBodies,
  overlay,
  undeclaredIn,
  withoutNulls,
  type BodyChange,
  type BodyRules,
  type Steps
} from './compare.ts'
import { withMarker } from './marker.ts'

/** A live item: its body in canonical form, without what the server adds and without our marker. */
export interface BodyState {
  readonly body: Body
}

/** How much one change can hurt, judged by the bodies before all changes and after them. */
export type Judge = (change: BodyChange, before: Body, after: Body) => Pick<FieldChange, 'risk' | 'why'>

/** What a kind knows about its bodies. */
export interface BodyShape {
  /** One form for all ways of saying the same; idempotent. Drops what the server adds, and our marker. */
  canonical(body: Body): Body
  readonly rules: BodyRules
  /** Where `_meta` stands. */
  readonly meta: Steps
  readonly judge: Judge
}

/** Declared fields that differ; all of them when there is no live item. Pure. */
export function compareBody(shape: BodyShape, spec: Body, state: BodyState | undefined): readonly FieldChange[] {
  const live = state?.body
  const changes = compareBodies(shape.canonical(spec), live, shape.rules)
  return toFields(shape, changes, live)
}

/** Fields nobody declared, each as the change that would reset it. Pure. */
export function undeclaredBody(shape: BodyShape, spec: Body, state: BodyState): readonly FieldChange[] {
  return toFields(shape, undeclaredIn(shape.canonical(spec), state.body, shape.rules), state.body)
}

/** The body that creates the item. Without an owner, where a server takes no `_meta`, it is not marked. Pure. */
export function bodyForCreate(shape: BodyShape, spec: Body, owner: string | undefined): Body {
  return withMarker(withoutNulls(shape.canonical(spec)), shape.meta, owner)
}

/**
 * The body that replaces the live one: the live body with those changes whose paths are allowed and nothing else, be
 * they declared or resets of undeclared fields. Pure.
 */
export function bodyForUpdate(
  shape: BodyShape,
  spec: Body,
  state: BodyState,
  allowed: ReadonlySet<string>,
  owner: string | undefined
): Body {
  const declared = shape.canonical(spec)
  const changes = [
    ...compareBodies(declared, state.body, shape.rules),
    ...undeclaredIn(declared, state.body, shape.rules)
  ]
  const written = overlay(
    state.body,
    changes.filter(({ steps }) => allowed.has(pathOf(steps)))
  )
  return withMarker(written, shape.meta, owner)
}

/** A path as reports write it. */
export function pathOf(steps: Steps): string {
  return steps.join('.')
}

function toFields(shape: BodyShape, changes: readonly BodyChange[], live: Body | undefined): readonly FieldChange[] {
  const before: Body = live ?? {}
  const after = overlay(before, changes)
  return changes.map((change) => {
    const judged: Pick<FieldChange, 'risk' | 'why'> =
      live === undefined ? { risk: 'safe' } : shape.judge(change, before, after)
    return { path: pathOf(change.steps), before: reportable(change.before), after: reportable(change.after), ...judged }
  })
}

/** The declaration that would describe a live item. */
export function describeBody({ body }: BodyState): Json {
  return body
}
