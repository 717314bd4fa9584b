/**
 * One form for mappings as people write them and as the server gives them back.
 * @module
 */
import type { Json } from '../../../src/contract.ts'
import { remember } from '../../../src/remember.ts'
import { isBody, type Body } from '../body.ts'
import { at, bodyAt, isObjectField, mapBody, typeOf, without, word } from './definition.ts'

/** Two definitions of one field, found when dotted names became objects. */
export interface Clash {
  /** Steps to the later definition, as its author wrote it. */
  readonly steps: readonly string[]
  /** The name searches use. */
  readonly field: string
  /** `twice`: defined twice; `object`: once with fields below it, once without. */
  readonly kind: 'twice' | 'object'
}

/** A mapping in its one form, and what was defined twice in it; of two definitions the first is kept. */
export interface Canonical {
  readonly mapping: Body
  readonly clashes: readonly Clash[]
}

interface Scope {
  readonly steps: readonly string[]
  /** The name searches use for the object these properties belong to. */
  readonly names: readonly string[]
  /** `subobjects: false`: dots are part of names, and objects become dots. */
  readonly flat: boolean
  readonly found: Clash[]
}

const patterns: ReadonlySet<string> = new Set(['match', 'unmatch', 'path_match', 'path_unmatch', 'match_mapping_type', 'unmatch_mapping_type'])

/**
 * One form for declared and live mappings: dotted names are objects (`a.b` is `b` below `a`), objects have `properties`
 * and no `type: object`, `dynamic` is text, lists are text or lists as the server keeps them, scripts are objects.
 * Parameters that equal a default stay: absent and default are compared as equal instead. Idempotent. Pure.
 */
export function canonicalMapping(mapping: Body): Body {
  return canonicalise(mapping).mapping
}

/** The same, with the fields that were defined twice. Pure. */
export const canonicalise: (mapping: Body) => Canonical = remember(makeCanonical)

function makeCanonical(mapping: Body): Canonical {
  const found: Clash[] = []
  const scope = { steps: ['properties'], names: [], flat: isFlat(mapping), found }
  const canonical = mapBody(mapping, (value, key) => {
    if (key !== 'properties') return canonicalRootValue(value, key)
    return isBody(value) ? canonicalProperties(value, scope) : undefined
  })
  return { mapping: canonical, clashes: found }
}

function canonicalRootValue(value: Json, key: string): Json {
  if (value === null) return null
  if (key === 'dynamic') return dynamicText(value)
  if (key === 'dynamic_date_formats') return asList(value)
  if (key === 'runtime' && isBody(value)) return mapBody(value, (field) => (isBody(field) ? canonicalLeaf(field) : field))
  if (key === '_source' && isBody(value)) return mapBody(value, (part, name) => (name === 'includes' || name === 'excludes' ? asList(part) : part))
  if (key === 'dynamic_templates' && Array.isArray(value)) return value.map(canonicalTemplate)
  return value
}

/** `[{name: {match: ["a*"]}}]` is `[{name: {match: "a*"}}]`; `match_pattern: simple` is what the server does anyway. */
function canonicalTemplate(template: Json): Json {
  if (!isBody(template)) return template
  return mapBody(template, (rule) => {
    if (!isBody(rule)) return rule
    return mapBody(rule, (value, key) => (key === 'match_pattern' && value === 'simple' ? undefined : patterns.has(key) ? asOne(value) : value))
  })
}

function canonicalProperties(properties: Body, scope: Scope): Body {
  const placed: Record<string, Json> = {}
  for (const [name, value] of Object.entries(properties)) {
    const here = { ...scope, steps: [...scope.steps, name] }
    for (const [key, definition] of expanded(name, value, here)) place(placed, key, definition, here)
  }
  return placed
}

/** A definition under the names it has on the server: one, or with `subobjects: false` one for every field below an object. */
function expanded(name: string, value: Json, scope: Scope): [string, Json][] {
  if (!isBody(value)) return Array.isArray(value) && value.length === 0 ? [] : expandedName(name, value, scope.flat)
  const below = bodyAt(value, 'properties')
  if (scope.flat && below !== undefined && typeOf(value) === 'object') {
    return Object.entries(below).flatMap(([child, definition]) => expanded(`${name}.${child}`, definition, scope))
  }
  return expandedName(name, canonicalField(value, { ...scope, names: [...scope.names, name] }), scope.flat)
}

function expandedName(name: string, definition: Json, flat: boolean): [string, Json][] {
  const parts = name.split('.')
  const [first = name, ...rest] = parts
  if (flat || parts.length === 1 || parts.includes('')) return [[name, definition]]
  return [[first, rest.reduceRight<Json>((inner, part) => ({ properties: { [part]: inner } }), definition)]]
}

function place(properties: Record<string, Json>, name: string, definition: Json, scope: Scope): void {
  const present = at(properties, name)
  properties[name] = present === undefined ? definition : joined(present, definition, { ...scope, names: [...scope.names, name] })
}

/** Two objects of one name are one object with the fields of both. */
function joined(one: Json, other: Json, scope: Scope): Json {
  const kept = isBody(one) && isObjectField(one) ? one : undefined
  const added = isBody(other) && isObjectField(other) ? other : undefined
  if (kept === undefined || added === undefined) {
    scope.found.push({ steps: scope.steps, field: scope.names.join('.'), kind: kept === undefined && added === undefined ? 'twice' : 'object' })
    return one
  }
  const properties = { ...bodyAt(kept, 'properties') }
  for (const [name, definition] of Object.entries(bodyAt(added, 'properties') ?? {})) place(properties, name, definition, scope)
  return { ...added, ...kept, properties }
}

/** The one form of a field's definition. */
function canonicalField(definition: Body, scope: Scope): Body {
  if (!isObjectField(definition)) return canonicalLeaf(definition)
  const properties = bodyAt(definition, 'properties') ?? {}
  const below = { ...scope, steps: [...scope.steps, 'properties'], flat: isFlat(definition) }
  const rest = mapBody(without(definition, 'properties'), (value, key) => {
    if (key === 'type' && value === 'object') return undefined
    return key === 'dynamic' && value !== null ? dynamicText(value) : value
  })
  return { ...rest, properties: canonicalProperties(properties, below) }
}

/** Parameters of a leaf that have more than one form. */
const rewritten = ['copy_to', 'script', 'null_value', 'relations', 'contexts', 'fields']

function canonicalLeaf(definition: Body): Body {
  if (!rewritten.some((key) => Object.hasOwn(definition, key))) return definition
  return mapBody(definition, (value, key) => {
    if (value === null) return null
    if (key === 'copy_to') return asList(value)
    if (key === 'script') return canonicalScript(value)
    if (key === 'null_value' && typeOf(definition) === 'geo_point') return canonicalPoint(value)
    if (key === 'relations' && isBody(value)) return mapBody(value, asOne)
    if (key === 'contexts' && Array.isArray(value)) return value.map(canonicalContext)
    if (key !== 'fields' || !isBody(value)) return value
    return Object.keys(value).length === 0 ? undefined : mapBody(value, (field) => (isBody(field) ? canonicalLeaf(field) : field))
  })
}

/** The server shouts the type of a context of completion. */
function canonicalContext(context: Json): Json {
  return isBody(context) ? mapBody(context, (value, key) => (key === 'type' ? word(value).toLowerCase() : value)) : context
}

/** `"lat,lon"` is an object to the server. */
function canonicalPoint(point: Json): Json {
  const [, lat, lon] = /^([^,]+),([^,]+)$/u.exec(word(point)) ?? []
  return lat === undefined || lon === undefined ? point : { lat: Number(lat), lon: Number(lon) }
}

function canonicalScript(script: Json): Json {
  if (isBody(script)) return at(script, 'id') === undefined ? { lang: 'painless', ...script } : script
  return { lang: 'painless', source: script }
}

function isFlat(definition: Body): boolean {
  return word(at(definition, 'subobjects')) === 'false'
}

function dynamicText(value: Json): Json {
  return typeof value === 'object' ? value : String(value).toLowerCase()
}

function asList(value: Json): Json {
  return Array.isArray(value) ? value : [value]
}

function asOne(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value
}
