/**
 * Keys of a mapping beside its fields: `dynamic`, `_meta`, `_source` and the like.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { sameJson } from '../body/same.ts'
import { type MappingChange, fromTo, inPlace, newIndexOnly } from './change.ts'
import { isMetadataDefault, rootDefaults } from './defaults.ts'
import { at, mapBody, without } from './definition.ts'
import { holdsAll } from './merged-lists.ts'
import { sameValue, withoutNulls } from './value.ts'

/** The key of `_meta` that belongs to the reconciler. */
export const markerKey = 'infometis'

/** Whether a key names a metadata field that is set at creation only. `_size` of the mapper-size plugin may change. */
export function isMetadataField(key: string): boolean {
  return key.startsWith('_') && key !== '_meta' && key !== '_size'
}

/** A key whose value is one value: set whole, reset by writing its default. */
export function compareRootValue(key: string, value: Json, live: Body): readonly MappingChange[] {
  const usual = at(rootDefaults, key) ?? null
  const [before, after] = [at(live, key) ?? usual, value ?? usual]
  if (sameValue(before, after)) return []
  const isFixed = key === 'subobjects' || key === 'enabled'
  return [
    isFixed
      ? newIndexOnly([key], at(live, key), value, fromTo(`"${key}" of the mapping`, before, after))
      : inPlace([key], at(live, key), value)
  ]
}

/** `_meta` has many authors: each key is compared by itself, however deep, and the marker never. */
export function compareMeta(declared: Json, live: Body): readonly MappingChange[] {
  const wanted = isBody(declared) ? declared : mapBody(live, () => null)
  return compareMetaBelow(['_meta'], without(wanted, markerKey), live)
}

function compareMetaBelow(steps: readonly string[], declared: Body, live: Body): readonly MappingChange[] {
  return Object.entries(declared).flatMap(([key, value]) => {
    const before = at(live, key)
    if (isBody(before) && isBody(value)) return compareMetaBelow([...steps, key], value, before)
    return sameJson(before ?? null, value)
      ? []
      : [inPlace([...steps, key], before, isBody(value) ? withoutNulls(value) : value)]
  })
}

/** Keys of `_meta` that nobody declared, each as the change that would reset it. */
export function undeclaredMeta(
  declared: Json | undefined,
  live: Body,
  steps: readonly string[] = ['_meta']
): readonly MappingChange[] {
  return Object.entries(steps.length === 1 ? without(live, markerKey) : live).flatMap(([key, value]) => {
    const said = isBody(declared) ? at(declared, key) : declared
    if (isBody(said) && isBody(value)) return undeclaredMeta(said, value, [...steps, key])
    return said === undefined ? [inPlace([...steps, key], value, null)] : []
  })
}

/** `_source`, `_routing` and the like. Elasticsearch accepts some changes that would lose data, so none is sent. */
export function compareMetadataField(field: string, declared: Body, live: Body): readonly MappingChange[] {
  return Object.entries(declared).flatMap(([key, value]) => {
    const before = at(live, key) ?? null
    const isSame =
      before === null || value === null
        ? isMetadataDefault(field, key, before ?? value)
        : sameValue(before, value) || holdsAll(before, value)
    return isSame ? [] : [changedMetadata([field, key], before, value)]
  })
}

/** A change of a metadata field of a live index. */
export function changedMetadata(steps: readonly string[], before: Json | undefined, after: Json): MappingChange {
  const what = fromTo(`"${steps.join('.')}"`, before ?? null, after)
  const reason =
    steps[0] === '_source'
      ? '; the server would accept it and documents written from then on would lose their source'
      : ''
  return newIndexOnly(steps, before, after, `${what}${reason}`)
}
