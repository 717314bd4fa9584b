/**
 * Settings of an index that are the default of a parameter of its fields.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import type { SettingMap } from '../settings/flatten.ts'
import { canonicalBeside, canonicalMapping } from './canonical.ts'
import { at, bodyAt, mapBody, typeOf } from './definition.ts'

/** FieldMapper.COERCE_SETTING, FieldMapper.IGNORE_MALFORMED_SETTING, IndexSettings.IGNORE_ABOVE_SETTING. */
const parameters = ['coerce', 'ignore_malformed', 'ignore_above'] as const

/**
 * The live mapping with what its index decides written out in every field whose declaration speaks of it: the server drops
 * a parameter that equals the setting of the index, and one that is absent means that setting. Pure.
 */
export function withIndexDefaults(live: Body, declared: Body, settings: SettingMap): Body {
  const set = parameters.flatMap((parameter): [string, Json][] => {
    const value = settings.get(`mapping.${parameter}`)
    return typeof value === 'string' ? [[parameter, value]] : []
  })
  return set.length === 0
    ? live
    : filled(canonicalMapping(live), canonicalBeside(declared, live), Object.fromEntries(set))
}

function filled(live: Body, declared: Body, defaults: Body): Body {
  return mapBody(live, (value, key) => {
    const said = bodyAt(declared, key)
    if ((key !== 'properties' && key !== 'fields') || !isBody(value) || said === undefined) return value
    return mapBody(value, (field, name) => {
      const wanted = bodyAt(said, name)
      if (!isBody(field) || wanted === undefined || typeOf(field) !== typeOf(wanted)) return field
      const spoken = mapBody(defaults, (usual, parameter) =>
        (at(wanted, parameter) ?? null) === null ? undefined : usual
      )
      return filled({ ...spoken, ...field }, wanted, defaults)
    })
  })
}
