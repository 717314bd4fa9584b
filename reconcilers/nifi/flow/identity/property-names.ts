/**
 * Properties under the names people see. NiFi knows a property by another, internal name; under its display name it would
 * quietly become a dynamic property beside the one that was meant.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import { labelsOf, namesById, type NamesById } from '../definition/labels.ts'
import type { Component, Group } from '../definition/model.ts'
import { groupsOf, join, listOf, sameType } from '../definition/parts.ts'
import { unsetByHand } from '../by-hand/set-by-hand.ts'
import { fileWords, type Words } from './words.ts'
import { type Body, asBody, fieldOf, textOf } from '../../json.ts'

/** Full type → internal name of each property the type itself has → its display name. */
export type Descriptors = ReadonlyMap<string, ReadonlyMap<string, string>>

/** A property that cannot be told. */
export interface PropertyProblem {
  /** `processors.gen.properties.Custom Text`. */
  readonly path: string
  readonly code: 'PROPERTY_TWICE' | 'AMBIGUOUS_PROPERTY'
  readonly message: string
}

export interface NamedGroup {
  readonly group: Group
  readonly problems: readonly PropertyProblem[]
}

const lists = ['processors', 'controllerServices'] as const

/**
 * What live groups tell about the properties of their types; those of a component that is missing its extension tell
 * nothing. Pure.
 */
export function descriptorsOf(groups: Iterable<Group>): Descriptors {
  const found = new Map<string, Map<string, string>>()
  for (const group of groups) {
    for (const component of componentsOf(group)) {
      const type = textOf(component['type'])
      const names = found.get(type) ?? new Map<string, string>()
      for (const [name, displayName] of ownProperties(component)) names.set(name, displayName)
      found.set(type, names)
    }
  }
  return found
}

/**
 * The group with internal names in place of display names, where live components of the same type tell them. A property
 * that was made live under the display name is declared unset. A component that brings its own descriptors was exported and
 * has internal names only. One with a problem is left as it is. What proves to be set by hand is declared unset too. `words`
 * are those of the author. Pure.
 */
export function internalNames(
  desired: Group,
  live: Group | undefined,
  known: Descriptors,
  words: Words = fileWords
): NamedGroup {
  const present = new Map(
    live === undefined
      ? []
      : componentsOf(live).map((component) => [component.identifier, asBody(component['properties'])])
  )
  const problems: PropertyProblem[] = []
  const group = nameGroup(desired, { known, present, words, names: namesById(words, desired), at: '', problems })
  return { group: live === undefined ? group : unsetByHand(group, live, words), problems }
}

interface Scope {
  readonly known: Descriptors
  /** Live properties by identifier. */
  readonly present: ReadonlyMap<string, Body>
  readonly words: Words
  readonly names: NamesById
  /** Path of the group. */
  readonly at: string
  readonly problems: PropertyProblem[]
}

function nameGroup<G extends Group>(group: G, scope: Scope): G {
  const inner = groupsOf(group)
  const labels = labelsOf(scope.words, 'processGroups', inner, scope.names)
  const below = (identifier: string): Scope => ({
    ...scope,
    at: join(scope.at, scope.words.list('processGroups'), labels.get(identifier) ?? identifier)
  })
  return {
    ...group,
    ...Object.fromEntries(lists.map((list) => [list, nameList(group, list, scope)])),
    processGroups: inner.map((each) => nameGroup(each, below(each.identifier)))
  }
}

function nameList(
  group: Group,
  list: (typeof lists)[number],
  { known, present, words, names, at, problems }: Scope
): readonly Component[] {
  const components = listOf(group, list)
  const labels = labelsOf(words, list, components, names)
  return components.map((component) => {
    const own =
      Object.keys(asBody(component['propertyDescriptors'])).length > 0 ? undefined : descriptorsFor(component, known)
    if (own === undefined) return component
    const named = nameProperties(asBody(component['properties']), own, present.get(component.identifier) ?? {})
    const path = join(at, words.list(list), labels.get(component.identifier) ?? component.identifier, 'properties')
    problems.push(...named.problems.map(({ name, ...problem }) => ({ path: join(path, name), ...problem })))
    return named.problems.length > 0 ? component : { ...component, properties: named.properties }
  })
}

interface NamedProperties {
  readonly properties: Body
  readonly problems: readonly (Omit<PropertyProblem, 'path'> & { readonly name: string })[]
}

function nameProperties(declared: Body, own: ReadonlyMap<string, string>, live: Body): NamedProperties {
  const properties = new Map<string, Json>()
  const problems: NamedProperties['problems'][number][] = []
  for (const [name, value] of Object.entries(declared)) {
    const [internal = name, ...others] = own.has(name)
      ? [name]
      : [...own].flatMap(([inner, displayName]) => (displayName === name ? [inner] : []))
    if (others.length > 0) {
      const message = `expected an internal name, found the display name "${name}" of ${[internal, ...others].map((each) => `"${each}"`).join(' and ')}`
      problems.push({ name, code: 'AMBIGUOUS_PROPERTY', message })
    } else if (internal !== name && Object.hasOwn(declared, internal)) {
      problems.push({
        name,
        code: 'PROPERTY_TWICE',
        message: `expected a property once, found it as "${name}" and as "${internal}", its internal name; keep one of them`
      })
    }
    properties.set(internal, value)
    if (internal !== name && (fieldOf(live, name) ?? null) !== null) properties.set(name, null)
  }
  return { properties: Object.fromEntries(properties), problems }
}

function descriptorsFor(component: Component, known: Descriptors): ReadonlyMap<string, string> | undefined {
  const written = textOf(component['type'])
  const types = known.has(written) ? [written] : [...known.keys()].filter((type) => sameType(written, type))
  // Two types of that name: which one is meant is not told yet.
  return types.length === 1 ? known.get(types[0] ?? written) : undefined
}

/**
 * Properties of the type, not those somebody added. 2.x tells which are dynamic. 1.x does not: there, one whose name is the
 * display name of another is taken for the double that a display name has made.
 */
function ownProperties(component: Component): readonly (readonly [string, string])[] {
  const descriptors = Object.entries(asBody(component['propertyDescriptors'])).flatMap(([name, body]) => {
    const { displayName, dynamic } = asBody(body)
    return dynamic === true ? [] : [{ name, displayName: textOf(displayName) || name, isTold: dynamic === false }]
  })
  const shown = new Set(descriptors.flatMap(({ name, displayName }) => (displayName === name ? [] : [displayName])))
  return descriptors.flatMap(({ name, displayName, isTold }) =>
    !isTold && displayName === name && shown.has(name) ? [] : [[name, displayName] as const]
  )
}

function componentsOf(group: Group): readonly Component[] {
  return [...lists.flatMap((list) => listOf(group, list)), ...groupsOf(group).flatMap(componentsOf)]
}
