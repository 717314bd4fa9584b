/**
 * One index in an alias, as its author writes it and as the server gives it back.
 * @module
 */
import { isBody, type Body } from '../body.ts'
import { sameJson } from '../body/same.ts'

/**
 * One form for both: `routing` is the routing of indexing and of searching, what is not set is left out, and so is
 * `is_hidden: false`. `is_write_index: false` is kept: unlike an absent one it forbids to write. Idempotent. Pure.
 */
export function canonicalMember(member: Body): Body {
  const { routing, ...rest } = member
  const both = routing === undefined || routing === null ? {} : { index_routing: routing, search_routing: routing }
  const entries = Object.entries({ ...both, ...rest }).filter(([key, value]) => value !== null && !(key === 'is_hidden' && isFalse(value)))
  return Object.fromEntries(entries.map(([key, value]) => [key, isBody(value) ? value : flag(value)]))
}

/** Whether two members mean the same. Pure. */
export function sameMember(one: Body, other: Body): boolean {
  return sameJson(canonicalMember(one), canonicalMember(other))
}

function isFalse(value: Body[string]): boolean {
  return value === false || value === 'false'
}

/** The server takes numbers and flags as text and gives flags back as flags, routing as text. */
function flag<T extends Body[string]>(value: T): T | boolean | string {
  if (value === 'true' || value === 'false') return value === 'true'
  return typeof value === 'number' ? String(value) : value
}
