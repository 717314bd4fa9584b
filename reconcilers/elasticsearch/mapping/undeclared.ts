/**
 * What a live mapping has and nobody declared.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { canonicalBeside, canonicalMapping } from './canonical.ts'
import { inPlace, type MappingChange } from './change.ts'
import { judgedChange, newFields, removal } from './compare.ts'
import { isDefault, isMetadataDefault, rootDefaults } from './defaults.ts'
import { at, bodyAt, isObjectField, typeOf, without } from './definition.ts'
import { holdsAll, undeclaredEntries } from './merged-lists.ts'
import { changedMetadata, compareRootValue, undeclaredMeta } from './root.ts'
import { sameValue } from './value.ts'

/** Keys the server writes by itself and nobody can reset. */
const ownKeys: ReadonlySet<string> = new Set(['_data_stream_timestamp', '_inference_fields', '_field_names'])

/** Parameters the server fills in by itself, by type. */
const ownParameters: { readonly [type: string]: readonly string[] } = {
  dense_vector: ['index_options'],
  semantic_text: ['model_settings', 'index_options', 'chunking_settings', 'search_inference_id'],
  join: ['relations']
}

/**
 * Fields, parameters, runtime fields and keys of `_meta` that only the server has, each as the change that would reset
 * it (`after` is null). Values equal to a default, what the server fills in by itself and the marker are not among
 * them. Pure.
 */
export function undeclaredMapping(declared: Body, live: Body): readonly MappingChange[] {
  const wanted = canonicalBeside(declared, live)
  const actual = canonicalMapping(live)
  return Object.entries(actual).flatMap(([key, value]) => undeclaredRootKey(key, value, wanted))
}

function undeclaredRootKey(key: string, value: Json, declared: Body): readonly MappingChange[] {
  if (ownKeys.has(key)) return []
  const said = at(declared, key)
  if (key === '_meta' && isBody(value)) return undeclaredMeta(said, value)
  const entries = undeclaredEntries(key, value, said)
  if (entries !== undefined) return isUsual(key, value) ? [] : entries
  if (!isBody(value) || key === '_size') return said !== undefined ? [] : compareRootValue(key, null, { [key]: value })
  if (key === 'properties') return undeclaredBelow([key], value, isBody(said) ? said : {})
  return Object.entries(value).flatMap(([name, part]) =>
    undeclaredPart([key, name], part, at(isBody(said) ? said : {}, name))
  )
}

function isUsual(key: string, value: Json): boolean {
  const usual = at(rootDefaults, key)
  return usual !== undefined && sameValue(usual, value)
}

function undeclaredPart(steps: readonly string[], value: Json, declared: Json | undefined): readonly MappingChange[] {
  const [key = '', name = ''] = steps
  if (key === 'runtime' && isBody(value) && isBody(declared)) return undeclaredParameters(steps, value, declared)
  if (key.startsWith('_') && Array.isArray(value) && Array.isArray(declared))
    return undeclaredIn(steps, value, declared)
  if (declared !== undefined) return []
  if (key === 'runtime' && isBody(value)) return [removal(steps, value)]
  if (!key.startsWith('_')) return [inPlace(steps, value, null)]
  return isMetadataDefault(key, name, value) ? [] : [changedMetadata(steps, value, null)]
}

/** What a template has added to a list of `_source`. */
function undeclaredIn(
  steps: readonly string[],
  live: readonly Json[],
  declared: readonly Json[]
): readonly MappingChange[] {
  return holdsAll(live, declared) && !holdsAll(declared, live) ? [changedMetadata(steps, live, declared)] : []
}

/** Fields below `properties` or `fields`; a field declared as null is a declared one. */
function undeclaredBelow(steps: readonly string[], live: Body, declared: Body): readonly MappingChange[] {
  return Object.entries(live).flatMap(([name, definition]): readonly MappingChange[] => {
    const here = [...steps, name]
    const said = at(declared, name)
    if (!isBody(definition) || said === null) return []
    if (said === undefined)
      return newFields(here, definition).map(({ steps: each, field }) =>
        removal(each, isBody(field.after) ? field.after : {})
      )
    return isBody(said) && typeOf(said) === typeOf(definition) ? undeclaredInside(here, definition, said) : []
  })
}

function undeclaredInside(steps: readonly string[], live: Body, declared: Body): readonly MappingChange[] {
  const branch = isObjectField(live) ? 'properties' : 'fields'
  return [
    ...undeclaredParameters(steps, without(live, branch), declared),
    ...undeclaredBelow([...steps, branch], bodyAt(live, branch) ?? {}, bodyAt(declared, branch) ?? {})
  ]
}

function undeclaredParameters(steps: readonly string[], live: Body, declared: Body): readonly MappingChange[] {
  const type = typeOf(live)
  const own = Object.hasOwn(ownParameters, type) ? ownParameters[type] : undefined
  return Object.entries(without(live, 'type', ...(own ?? []))).flatMap(([parameter, value]) => {
    if (at(declared, parameter) !== undefined || isDefault(live, parameter, value)) return []
    return [
      steps[0] === 'runtime'
        ? inPlace([...steps, parameter], value, null)
        : judgedChange([...steps, parameter], live, value, null)
    ]
  })
}
