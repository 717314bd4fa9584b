/**
 * One index in an alias, as its author writes it and as the server gives it back.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { sameJson, textOf } from '../body/same.ts'
import { canonicalFilter } from './filter.ts'

/**
 * Fields as the server gives them back: `routing` becomes the two it stands for, routing is text, flags are flags, an
 * empty filter is none. Null, for a field that is not to be set, stays. Idempotent. Pure.
 */
export function memberFields(member: Body): Body {
  const { routing, ...rest } = member
  const both: Body = routing === undefined ? {} : { index_routing: routing, search_routing: routing }
  return Object.fromEntries(
    Object.entries({ ...both, ...rest }).map(([field, value]) => [field, canonicalField(field, value)])
  )
}

function canonicalField(field: string, value: Json): Json {
  if (field === 'filter') return isBody(value) && Object.keys(value).length === 0 ? null : value
  if (field.startsWith('is_')) return value === 'true' || value === 'false' ? value === 'true' : value
  return field.endsWith('routing') && value !== null && !isBody(value) && !Array.isArray(value) ? textOf(value) : value
}

/**
 * One form for both: what is not set is left out, and so is `is_hidden: false`. `is_write_index: false` is kept: unlike an
 * absent one it forbids to write. Idempotent. Pure.
 */
export function canonicalMember(member: Body): Body {
  const entries = Object.entries(memberFields(member))
  return Object.fromEntries(
    entries.filter(([field, value]) => value !== null && !(field === 'is_hidden' && value === false))
  )
}

/** Whether two members mean the same. Pure. */
export function sameMember(one: Body, other: Body): boolean {
  return sameJson(comparable(one), comparable(other))
}

/** Whether two values of a field mean the same; null is "not set". Pure. */
export function sameField(field: string, one: Json, other: Json): boolean {
  return sameMember({ [field]: one }, { [field]: other })
}

function comparable(member: Body): Body {
  const { filter, ...rest } = canonicalMember(member)
  return filter === undefined ? rest : { ...rest, filter: canonicalFilter(filter) }
}
