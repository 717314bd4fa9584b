/**
 * Settings inside templates in one form: flat, without `index.`, values as text.
 * @module
 */
import type { Json } from '../../../src/contract.ts'
import { isBody, type Body } from '../body.ts'
import { sameQuantity } from '../body/quantity.ts'
import { sameText, textOf } from '../body/same.ts'

/** One entry a setting, whatever nesting was written; null stays null: not set. */
export function flatSettings(settings: Body): Body {
  return Object.fromEntries(flatten(settings, ''))
}

function flatten(settings: Body, above: string): readonly (readonly [key: string, value: Json])[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const path = above === '' ? key : `${above}.${key}`
    return isBody(value) ? flatten(value, path) : [[path.replace(/^index\./u, ''), asText(value)] as const]
  })
}

function asText(value: Json): Json {
  if (Array.isArray(value)) return value.map(asText)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

/** Equal as text, as one-entry list and by unit: `1m` is `60s`, `1kb` is `1024b`. */
export function sameSetting(a: Json, b: Json): boolean {
  const [left, right] = [single(a), single(b)]
  return sameText(left, right) || sameQuantity(textOf(left), textOf(right))
}

function single(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value
}

/** Settings that are set by the server alone: IndexMetadata's private settings, refused in a template. */
const serverOwned = /^(?:uuid|creation_date|provided_name|version\..+|history\.uuid|resize\..+|shrink\.source\..+|verified_before_close|routing\.allocation\.initial_recovery\..+)$/u

/** Whether only the server may set it; the key is without `index.`. */
export function isServerOwned(key: string): boolean {
  return serverOwned.test(key)
}
