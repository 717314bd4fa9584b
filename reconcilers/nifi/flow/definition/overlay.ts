/**
 * One declared component beside the live one: the fields and properties that differ, laid over it where they are taken.
 * @module
 */
import type { FieldChange, Json } from '../../../../src/plugin.ts'
import type { List, Words } from '../identity/words.ts'
import { keptOf, type Apart } from './apart.ts'
import { normalValue, type FieldRule } from './field-rule.ts'
import { comparedFields, ruleOf } from './fields.ts'
import { endLabel, type NamesById } from './labels.ts'
import type { Component } from './model.ts'
import { join, sameType } from './parts.ts'
import { isService, propertyChanges } from './properties.ts'
import { type Body, asBody, fieldOf, isBody, itemsOf, sameJson, textOf } from '../../json.ts'

/** A difference; `added` and `removed` are whole components or groups, `changed` is one field or property of one. */
export interface Difference extends FieldChange {
  readonly change: 'added' | 'removed' | 'changed'
  /** What there is and what leads where: NiFi has no other way to write it, so that one that is left was not taken. */
  readonly isStructure?: true
  /** What NiFi makes of it when it takes a definition is its own affair: it renames properties, and finds another bundle. */
  readonly isMade?: true
  /** A replacement leaves it as it is: it is written by a request of its own. */
  readonly apart?: Apart
}

/** What is known at each step of a walk. */
export interface Step {
  readonly words: Words
  readonly names: NamesById
  /** Told of every difference, once; true: the live group takes it over. */
  take(difference: Difference): boolean
  /** A part of the file, made at home in the live group. */
  adopt<B extends Body>(part: B): B
}

/** Two versions of one component or group, and the path of it. */
export interface Pair<B extends Body> {
  readonly list: List
  readonly desired: Component | Body
  readonly live: B
  readonly at: string
}

/** The live component with the differences that are taken; the very component when none is. */
export function overlayComponent(step: Step, pair: Pair<Component> & { readonly desired: Component }): Component {
  const { list, desired, live, at } = pair
  const type = textOf(desired['type'])
  if (type !== '' && !sameType(type, textOf(live['type']))) return overlayType(step, pair)
  const result = overlayFields(step, pair, comparedFields(list, desired, live))
  return list === 'processors' || list === 'controllerServices'
    ? overlayProperties(step, { list, desired, live: result, at })
    : result
}

/** Measured on 1.18 and 2.3: a replacement quietly leaves the type as it is, and takes the properties of the new one. */
function whyTypeStays({ words }: Step, list: List, { type }: Component, desired: Component): string {
  const name = words.component(list, desired) === undefined ? 'identifier' : 'key'
  const wanted = textOf(desired['type'])
  return `NiFi does not change the type of what is there, ${textOf(type)}; declare ${wanted} under another ${name}, and what refers to it likewise: it is made new then, and what is there is removed with what it remembers`
}

/** A component of another type is another component: nothing of what it was remains but its place. */
function overlayType(
  step: Step,
  { list, desired, live, at }: Pair<Component> & { readonly desired: Component }
): Component {
  const path = join(at, step.words.field(list, 'type', desired))
  const why = `${at}: ${whyTypeStays(step, list, live, desired)}`
  if (
    !step.take({
      change: 'changed',
      path,
      before: live['type'] ?? null,
      after: desired['type'] ?? null,
      risk: 'unsupported',
      why
    })
  )
    return live
  const { identifier, instanceIdentifier = null, position = null } = live
  return { ...step.adopt(desired), identifier, instanceIdentifier, position }
}

/** The live part with the fields that are taken. */
export function overlayFields<B extends Body>(
  step: Step,
  { list, desired, live, at }: Pair<B>,
  fields: readonly string[]
): B {
  let result = live
  for (const field of fields) {
    const rule = ruleOf(list, field) ?? {}
    const values = differing(rule, field, desired, live)
    if (values === undefined) continue
    const path = join(at, step.words.field(list, field, { ...desired, identifier: textOf(desired['identifier']) }))
    const change = {
      path,
      before: shown(step, list, field, values.before),
      after: shown(step, list, field, values.after)
    }
    const isEnd = list === 'connections' && (field === 'source' || field === 'destination')
    const more = { ...(isEnd && { isStructure: true as const }), ...(rule.isMade && { isMade: rule.isMade }) }
    if (!step.take({ change: 'changed', ...change, risk: 'safe', ...more, ...keptOf(list, field, live, desired) }))
      continue
    const value = fieldOf(desired, field) ?? rule.fallback ?? null
    result = { ...result, [field]: list === 'connections' && isBody(value) ? step.adopt(value) : value }
  }
  return result
}

/** The values in normal form, where they differ, the file says anything and the server knows the field. */
function differing(
  rule: FieldRule,
  field: string,
  desired: Body,
  live: Body
): { readonly before: Json; readonly after: Json } | undefined {
  const [wanted, has] = [fieldOf(desired, field) ?? null, fieldOf(live, field) ?? null]
  const isKnown =
    has !== null || (rule.recent !== true && (rule.shownWith === undefined || (live[rule.shownWith] ?? null) !== null))
  if ((wanted === null && rule.fallback === undefined) || !isKnown) return undefined
  const compared = rule.among === true ? amongOf(has, wanted) : has
  const [before, after] = [normalValue(rule, compared) ?? null, normalValue(rule, wanted) ?? null]
  return sameJson(before, after) ? undefined : { before, after }
}

function amongOf(live: Json, desired: Json): Json {
  const identifiers = new Set(itemsOf(desired).map((item) => textOf(asBody(item)['identifier'])))
  return itemsOf(live).filter((item) => identifiers.has(textOf(asBody(item)['identifier'])))
}

function overlayProperties(
  step: Step,
  { list, desired, live, at }: Pair<Component> & { readonly desired: Component }
): Component {
  const field = step.words.field(list, 'properties', desired)
  const taken = propertyChanges(desired, live).filter(({ name, before, after }) => {
    const isId = isService(desired, name) || isService(live, name)
    const [from, to] = [before, after].map((value) => (isId ? (step.names.get(textOf(value)) ?? value) : value))
    return step.take({
      change: 'changed',
      path: join(at, field, name),
      before: from ?? null,
      after: to ?? null,
      risk: 'safe',
      isMade: true
    })
  })
  if (taken.length === 0) return live
  const properties = new Map(Object.entries(asBody(live['properties'])))
  for (const { name, value } of taken) {
    if (value === null) properties.delete(name)
    else properties.set(name, value)
  }
  return { ...live, properties: Object.fromEntries(properties) }
}

/** A value as its author would write it; ends of connections by their names. */
function shown(step: Step, list: List, field: string, value: Json): Json {
  if (list === 'connections' && (field === 'source' || field === 'destination'))
    return endLabel(asBody(value), step.names)
  return step.words.value(list, field, value)
}
