/**
 * Declared mapping beside live mapping. What only the server has is not a difference.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { sameJson } from '../body/same.ts'
import { canonicalBeside, canonicalMapping } from './canonical.ts'
import { type MappingChange, fromTo, inPlace, newIndexOnly, unsupported } from './change.ts'
import { isDefault, isDefaultInside, inEffect } from './defaults.ts'
import { at, bodyAt, fieldName, isObjectField, typeOf, without, type Branch } from './definition.ts'
import { isUpdatable } from './fixed.ts'
import { isFlat } from './flat.ts'
import { compareMergedList, withDynamicTemplates } from './merged-lists.ts'
import { compareMeta, compareMetadataField, compareRootValue, isMetadataField, markerKey } from './root.ts'
import { holds, overlaid, sameInPrecision, shown, withoutNulls } from './value.ts'

/**
 * Declared fields that differ; every declared one when there is no index yet (`live` undefined). A new field is one
 * change that carries its whole definition. A change that needs a new index is `unsupported` and says from what to
 * what. Order never matters, save in lists. Pure.
 */
export function compareMapping(declared: Body, live: Body | undefined): readonly MappingChange[] {
  if (live === undefined) return newMapping(canonicalMapping(declared))
  const actual = canonicalMapping(live)
  return Object.entries(canonicalBeside(declared, live)).flatMap(([key, value]) => compareRootKey(key, value, actual))
}

function compareRootKey(key: string, value: Json, live: Body): readonly MappingChange[] {
  if (key === 'properties' || key === 'runtime') return compareBranch([key], isBody(value) ? value : {}, live)
  if (key === '_meta') return compareMeta(value, bodyAt(live, key) ?? {})
  const merged = compareMergedList(key, value, live)
  if (merged !== undefined) return merged
  return isMetadataField(key) && isBody(value)
    ? compareMetadataField(key, value, bodyAt(live, key) ?? {})
    : compareRootValue(key, value, live)
}

/** Definitions by name: below `properties` and `fields` fields, below `runtime` runtime fields. */
function compareBranch(steps: readonly string[], declared: Body, live: Body): readonly MappingChange[] {
  const branch = steps.at(-1) ?? ''
  return Object.entries(declared).flatMap(([name, definition]) => {
    const here = [...steps, name]
    const actual = bodyAt(bodyAt(live, branch), name)
    if (definition === null) return actual === undefined ? [] : [removal(here, actual)]
    if (!isBody(definition)) return []
    if (actual === undefined && branch === 'properties' && isFlat(live) && isObjectField(definition))
      return [objectAmongFlat(here, definition)]
    if (actual === undefined)
      return branch === 'runtime' ? newRuntimeField(here, definition, live) : newFields(here, definition)
    return branch === 'runtime' ? compareRuntimeField(here, definition, actual) : compareField(here, definition, actual)
  })
}

/** What says of its fields something else than the object around it is refused, and a nested object would be none. */
function objectAmongFlat(steps: readonly string[], definition: Body): MappingChange {
  const field = `"${fieldName(steps)}" of type ${shown(typeOf(definition))}`
  const what = `${field} stands where the live mapping has "subobjects": false, and no objects of their own`
  return newIndexOnly(steps, null, withoutNulls(definition), what)
}

/** The change that would take a definition away: runtime fields can go, mapped fields never. */
export function removal(steps: readonly string[], live: Body): MappingChange {
  if (steps[0] === 'runtime') return inPlace(steps, live, null)
  return newIndexOnly(
    steps,
    live,
    null,
    `field "${fieldName(steps)}" of type ${shown(typeOf(live))} cannot be taken out of a mapping`
  )
}

/** A field that is not there yet: each leaf is one change, and so is an object with parameters or without fields. */
export function newFields(steps: readonly string[], definition: Body): readonly MappingChange[] {
  if (!isObjectField(definition)) return [inPlace(steps, null, withoutNulls(definition))]
  const own = withoutNulls(without(definition, 'properties'))
  const below = Object.entries(bodyAt(definition, 'properties') ?? {}).flatMap(([name, child]) =>
    isBody(child) ? newFields([...steps, 'properties', name], child) : []
  )
  if (Object.keys(own).length === 0 && below.length > 0) return below
  return [inPlace(steps, null, { type: 'object', ...own }), ...below]
}

function newRuntimeField(steps: readonly string[], definition: Body, live: Body): readonly MappingChange[] {
  const after = withoutNulls(definition)
  const name = steps.at(-1) ?? ''
  const hidden = mappedField(live, name.split('.'))
  if (hidden === undefined) return [inPlace(steps, null, after)]
  const why = `the mapping has a field "${name}" of type ${shown(typeOf(hidden))}: a runtime field of that name would hide its values from every search`
  return [unsupported(steps, null, after, why)]
}

/** The leaf of this name, multi-fields and names with dots included; undefined when there is none. */
function mappedField(parent: Body, names: readonly string[]): Body | undefined {
  const [name = '', ...rest] = names
  const below = { ...bodyAt(parent, 'properties'), ...bodyAt(parent, 'fields') }
  const whole = bodyAt(below, names.join('.'))
  if (whole !== undefined) return isObjectField(whole) ? undefined : whole
  const child = bodyAt(below, name)
  return child === undefined || rest.length === 0 ? undefined : mappedField(child, rest)
}

function compareRuntimeField(steps: readonly string[], declared: Body, live: Body): readonly MappingChange[] {
  return Object.entries(declared).flatMap(([parameter, value]) => {
    const before = at(live, parameter)
    return holdsParameter(live, parameter, value)
      ? []
      : [inPlace([...steps, parameter], before, afterOf(before, parameter, value))]
  })
}

function compareField(steps: readonly string[], declared: Body, live: Body): readonly MappingChange[] {
  const [from, to] = [typeOf(live), typeOf(declared)]
  if (from !== to)
    return [newIndexOnly([...steps, 'type'], from, to, fromTo(`type of field "${fieldName(steps)}"`, from, to))]
  const branch: Branch = isObjectField(declared) ? 'properties' : 'fields'
  return [
    ...Object.entries(without(declared, 'type', branch)).flatMap(([parameter, value]) =>
      compareParameter(steps, parameter, value, live, declared)
    ),
    ...compareBranch([...steps, branch], bodyAt(declared, branch) ?? {}, live)
  ]
}

function compareParameter(
  steps: readonly string[],
  parameter: string,
  value: Json,
  live: Body,
  declared: Body
): readonly MappingChange[] {
  if (holdsParameter(inheriting(live, declared, parameter), parameter, value)) return []
  const before = at(live, parameter)
  return [judgedChange([...steps, parameter], live, before, afterOf(before, parameter, value))]
}

/** The quote analyzer that a field does not set itself is its search analyzer, as that is declared. */
function inheriting(live: Body, declared: Body, parameter: string): Body {
  const search = at(declared, 'search_analyzer')
  return parameter === 'search_quote_analyzer' && search !== undefined ? { ...live, search_analyzer: search } : live
}

/** A parameter of a live field, from one value to another; `null` is "not set". */
export function judgedChange(
  steps: readonly string[],
  live: Body,
  before: Json | undefined,
  after: Json
): MappingChange {
  const parameter = steps.at(-1) ?? ''
  const name = fieldName(steps.slice(0, -1))
  if (parameter === 'dynamic' && after === null) {
    return newIndexOnly(
      steps,
      before,
      after,
      `"dynamic" of object "${name}" can be set to another value, not taken away`
    )
  }
  const [from, to] = [
    inEffect(live, parameter),
    after === null ? inEffect({ ...live, [parameter]: null }, parameter) : after
  ]
  if (isUpdatable(live, parameter, from, to)) return inPlace(steps, before, after)
  return newIndexOnly(steps, before, after, fromTo(`"${parameter}" of field "${name}"`, from ?? null, to ?? null))
}

function holdsParameter(live: Body, parameter: string, declared: Json): boolean {
  const before = at(live, parameter) ?? null
  if (declared === null) return before === null || isDefault(live, parameter, before)
  if (before === null) return isDefault(live, parameter, declared)
  if (isDefault(live, parameter, declared) && isDefault(live, parameter, before)) return true
  if (parameter === 'script') return sameJson(before, declared)
  if (parameter === 'null_value' && sameInPrecision(typeOf(live), before, declared)) return true
  return holds(before, declared, (value, key) => isDefaultInside(parameter, key, value))
}

function afterOf(before: Json | undefined, parameter: string, declared: Json): Json {
  return parameter === 'script' ? declared : overlaid(before, declared)
}

/** Everything declared of an index that does not exist yet. */
function newMapping(declared: Body): readonly MappingChange[] {
  return Object.entries(declared).flatMap(([key, value]): readonly MappingChange[] => {
    if (value === null) return []
    if (key === 'dynamic_templates' && Array.isArray(value))
      return [inPlace([key], null, withDynamicTemplates(undefined, value))]
    if (!isBody(value)) return [inPlace([key], null, value)]
    return Object.entries(key === '_meta' ? without(value, markerKey) : value).flatMap(([name, part]) => {
      if (part === null) return []
      return key === 'properties' && isBody(part) ? newFields([key, name], part) : [inPlace([key, name], null, part)]
    })
  })
}
