/**
 * One form for mappings as people write them and as the server gives them back.
 * @module
 */
import { type Json, remember } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { at, bodyAt, isObjectField, mapBody, typeOf, without, word } from './definition.ts'
import { below, hasFlatObject, isFlattened, objectScope, type ObjectScope } from './flat.ts'

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
  readonly object: ObjectScope
  readonly found: Clash[]
}

const patterns: ReadonlySet<string> = new Set([
  'match',
  'unmatch',
  'path_match',
  'path_unmatch',
  'match_mapping_type',
  'unmatch_mapping_type'
])

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
  return canonicaliseBeside(mapping, undefined)
}

/**
 * The one form of a declared mapping as this server would keep it: where dots are part of names is up to the live
 * mapping, by a template say, and objects declared there are fields with dots in their names. Pure.
 */
export function canonicalBeside(declared: Body, live: Body): Body {
  const actual = canonicalMapping(live)
  return hasFlatObject(actual) || hasFlatObject(declared)
    ? canonicaliseBeside(declared, actual).mapping
    : canonicalMapping(declared)
}

function canonicaliseBeside(mapping: Body, live: Body | undefined): Canonical {
  const found: Clash[] = []
  const scope = { steps: ['properties'], names: [], object: objectScope(mapping, live), found }
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
  if (key === 'runtime' && isBody(value))
    return mapBody(value, (field) => (isBody(field) ? canonicalLeaf(field) : field))
  if (key === '_source' && isBody(value))
    return mapBody(value, (part, name) => (name === 'includes' || name === 'excludes' ? asList(part) : part))
  if (key === 'dynamic_templates' && Array.isArray(value)) return value.map(canonicalTemplate)
  return value
}

/** `[{name: {match: ["a*"]}}]` is `[{name: {match: "a*"}}]`; `match_pattern: simple` is what the server does anyway. */
function canonicalTemplate(template: Json): Json {
  if (!isBody(template)) return template
  return mapBody(template, (rule) => {
    if (!isBody(rule)) return rule
    return mapBody(rule, (value, key) =>
      key === 'match_pattern' && value === 'simple' ? undefined : patterns.has(key) ? asOne(value) : value
    )
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

/** A definition under the names it has on the server: one, or without objects one for every field below. */
function expanded(name: string, value: Json, scope: Scope): [string, Json][] {
  const [first, rest] = scope.object.isFlat ? [name, ''] : splitName(name)
  if (rest !== '') {
    const inner = expanded(rest, value, {
      ...scope,
      names: [...scope.names, first],
      object: below(scope.object, first, {})
    })
    return inner.length === 0 ? [] : [[first, { properties: Object.fromEntries(inner) }]]
  }
  if (!isBody(value)) return Array.isArray(value) && value.length === 0 ? [] : [[name, value]]
  if (isFlattened(value, scope.object)) {
    return Object.entries(bodyAt(value, 'properties') ?? {}).flatMap(([child, definition]) =>
      expanded(`${name}.${child}`, definition, scope)
    )
  }
  return [
    [name, canonicalField(value, { ...scope, names: [...scope.names, name], object: below(scope.object, name, value) })]
  ]
}

/** `a.b.c` is `b.c` below `a`; a name with nothing between two dots is one name, which the server refuses. */
function splitName(name: string): readonly [first: string, rest: string] {
  const dot = name.indexOf('.')
  return dot < 0 || name.split('.').includes('') ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)]
}

function place(properties: Record<string, Json>, name: string, definition: Json, scope: Scope): void {
  const present = at(properties, name)
  properties[name] =
    present === undefined ? definition : joined(present, definition, { ...scope, names: [...scope.names, name] })
}

/** Two objects of one name are one object with the fields of both. */
function joined(one: Json, other: Json, scope: Scope): Json {
  const kept = isBody(one) && isObjectField(one) ? one : undefined
  const added = isBody(other) && isObjectField(other) ? other : undefined
  if (kept === undefined || added === undefined) {
    scope.found.push({
      steps: scope.steps,
      field: scope.names.join('.'),
      kind: kept === undefined && added === undefined ? 'twice' : 'object'
    })
    return one
  }
  const properties = { ...bodyAt(kept, 'properties') }
  for (const [name, definition] of Object.entries(bodyAt(added, 'properties') ?? {}))
    place(properties, name, definition, scope)
  return { ...added, ...kept, properties }
}

/** The one form of a field's definition; `object` of the scope is that of the field itself. */
function canonicalField(definition: Body, scope: Scope): Body {
  if (!isObjectField(definition)) return canonicalLeaf(definition)
  const properties = bodyAt(definition, 'properties') ?? {}
  const rest = mapBody(without(definition, 'properties'), (value, key) => {
    if (key === 'type' && value === 'object') return undefined
    return key === 'dynamic' && value !== null ? dynamicText(value) : value
  })
  return { ...rest, properties: canonicalProperties(properties, { ...scope, steps: [...scope.steps, 'properties'] }) }
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
    return Object.keys(value).length === 0
      ? undefined
      : mapBody(value, (field) => (isBody(field) ? canonicalLeaf(field) : field))
  })
}

/** The server shouts the type of a context of completion. */
function canonicalContext(context: Json): Json {
  return isBody(context)
    ? mapBody(context, (value, key) => (key === 'type' ? word(value).toLowerCase() : value))
    : context
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

function dynamicText(value: Json): Json {
  return typeof value === 'object' ? value : String(value).toLowerCase()
}

function asList(value: Json): Json {
  return Array.isArray(value) ? value : [value]
}

function asOne(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value
}
