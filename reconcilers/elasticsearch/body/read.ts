/**
 * Answers that hold all items of a kind → what was found, by name.
 * @module
 */
import {
  type CheckContext,
  type Desired,
  type Found,
  type Json,
  ReconcileError,
  type Remark
} from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { builtInReason, isManaged, type BodyKindName } from '../built-in.ts'
import type { Facts } from '../facts.ts'
import { valueAt } from './compare.ts'
import { ownerOf } from './marker.ts'
import type { BodyShape, BodyState } from './shape.ts'

/** A live item as the rules of its kind see it. */
export function foundIn(kind: BodyKindName, shape: BodyShape, name: string, body: Body): Found<BodyState> {
  const owner = ownerOf(body, shape.meta)
  const excluded = builtInReason(kind, name, valueAt(body, shape.meta))
  return {
    state: { body: shape.canonical(body) },
    ...(owner === undefined ? {} : { owner }),
    ...(excluded === undefined ? {} : { excluded })
  }
}

/** One item of an answer. */
export type NamedBody = readonly [name: string, body: Body]

/**
 * Items of an answer that is a list under `list`, each `{name, [field]: body}`: templates. Throws NO_ANSWER for anything
 * else, because half an answer is not "nothing there".
 */
export function namedList(answer: Json, list: string, field: string): readonly NamedBody[] {
  const entries = isBody(answer) ? valueAt(answer, [list]) : undefined
  if (!Array.isArray(entries)) throw unexpected(`a list "${list}"`)
  return entries.map((entry: Json) => {
    const name = isBody(entry) ? valueAt(entry, ['name']) : undefined
    const body = isBody(entry) ? valueAt(entry, [field]) : undefined
    if (typeof name !== 'string' || !isBody(body)) throw unexpected(`"name" and "${field}" in each entry of "${list}"`)
    return [name, body] as const
  })
}

/** Items of an answer that is an object by name: policies, pipelines. Throws NO_ANSWER for anything else. */
export function namedBodies(answer: Json): readonly NamedBody[] {
  if (!isBody(answer)) throw unexpected('an object by name')
  return Object.entries(answer).map(([name, body]) => {
    if (!isBody(body)) throw unexpected(`an object for "${name}"`)
    return [name, body] as const
  })
}

/**
 * A declaration of something live that software takes care of would be undone by that software, or break it. It waits
 * unless it says `_meta.managed` itself or carries our marker.
 */
export function managedRemarks(
  shape: BodyShape,
  desired: readonly Desired<Body>[],
  { observed }: CheckContext<BodyState, Facts>
): readonly Remark[] {
  return desired.flatMap(({ name, spec }): readonly Remark[] => {
    const live = observed?.items.get(name)
    if (live === undefined || 'refused' in live || live.owner !== undefined) return []
    if (!isManaged(valueAt(live.state.body, shape.meta)) || isManaged(valueAt(spec, shape.meta))) return []
    const message = `"${name}" is managed by the software that made it (_meta.managed); declare one under a name of your own`
    return [{ name, verdict: 'hold', code: 'MANAGED', path: [], message }]
  })
}

function unexpected(expectation: string): ReconcileError {
  return new ReconcileError('NO_ANSWER', `expected ${expectation} in the answer, found something else`)
}
