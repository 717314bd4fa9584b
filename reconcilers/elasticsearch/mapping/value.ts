/**
 * Values of parameters, declared and live.
 * @module
 */
import type { Json } from '../../../src/contract.ts'
import { isBody, type Body } from '../body.ts'
import { at, mapBody } from './definition.ts'

/** Whether two values are the same to a server that takes `"256"` for 256 and `"true"` for true. Lists keep their order. */
export function sameValue(one: Json, other: Json): boolean {
  if (isBody(one) || isBody(other)) return isBody(one) && isBody(other) && sameBody(one, other)
  if (isList(one) || isList(other)) {
    return isList(one) && isList(other) && one.length === other.length && one.every((item, index) => sameValue(item, other[index] ?? null))
  }
  if (one === null || other === null) return one === other
  return String(one) === String(other) || (typeof one !== typeof other && sameNumber(one, other))
}

/**
 * Whether a live value already holds what is declared of it: of objects only what is declared is compared, and `null`
 * is "not set". `isDefault` says that a value is what the server has without being told.
 */
export function holds(live: Json | undefined, declared: Json, isDefault: (value: Json, key: string) => boolean): boolean {
  if (!isBody(declared) || !isBody(live)) return sameValue(live ?? null, declared)
  return Object.entries(declared).every(([key, value]) => {
    const actual = at(live, key)
    if (value === null) return actual === undefined || isDefault(actual, key)
    if (actual === undefined) return isDefault(value, key)
    return holds(actual, value, () => false)
  })
}

/** A live value with the declared one laid over it; an object of another `type` is replaced, because its parameters are others. */
export function overlaid(live: Json | undefined, declared: Json): Json {
  if (!isBody(declared)) return declared
  const base: Body = isBody(live) && (at(declared, 'type') === undefined || at(declared, 'type') === at(live, 'type')) ? live : {}
  return withoutNulls({ ...base, ...mapBody(declared, (value, key) => (isBody(value) ? overlaid(at(base, key), value) : value)) })
}

/** An object without what is declared to be not set, at any depth; lists and scripts are left as they are. */
export function withoutNulls(body: Body): Body {
  if (typeof at(body, 'source') === 'string') return body
  return mapBody(body, (value) => (value === null ? undefined : isBody(value) ? withoutNulls(value) : value))
}

/** A value as a sentence names it. */
export function shown(value: Json): string {
  return value === null ? 'nothing' : JSON.stringify(value)
}

function sameBody(one: Body, other: Body): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && sameValue(one[key] ?? null, other[key] ?? null))
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function sameNumber(one: Json, other: Json): boolean {
  const numbers = [one, other].filter((value) => typeof value === 'number')
  const texts = [one, other].filter((value) => typeof value === 'string' && value.trim() !== '')
  return numbers.length === 1 && texts.length === 1 && Number(texts[0]) === numbers[0]
}
