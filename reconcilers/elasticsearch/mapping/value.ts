/**
 * Values of parameters, declared and live.
 * @module
 */
import { equalNumber, isNumber, type Json, writtenNumber } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { sameJson, sameScalar, textOf, type Scalar } from '../body/same.ts'
import { at, mapBody } from './definition.ts'

/**
 * Whether a live value is the declared one to a server that takes `"256"` and `256.0` for 256, and `"true"` for true.
 * Lists keep their order. What scripts are given and what is said of the mapping the server keeps as it was written.
 */
export function sameValue(live: Json, declared: Json): boolean {
  if (isBody(live) || isBody(declared)) return isBody(live) && isBody(declared) && sameBody(live, declared)
  if (isList(live) || isList(declared)) {
    return (
      isList(live) &&
      isList(declared) &&
      live.length === declared.length &&
      live.every((item, index) => sameValue(item, declared[index] ?? null))
    )
  }
  return sameScalar(live, declared) || isConverted(live, declared)
}

/** A text the server has made a number of. The other way round it keeps the text, where `1` is not `1.0`. */
function isConverted(live: Scalar, declared: Scalar): boolean {
  if (!isNumber(live) || typeof declared !== 'string' || !jsonNumber.test(declared)) return false
  return equalNumber(live, writtenNumber(declared))
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[-+]?\d+)?$/i

/** Objects whose numbers mean what they are written as. */
const verbatim: ReadonlySet<string> = new Set(['script', '_meta'])

/**
 * Whether a live value already holds what is declared of it: of objects only what is declared is compared, and `null`
 * is "not set". `isDefault` says that a value is what the server has without being told.
 */
export function holds(
  live: Json | undefined,
  declared: Json,
  isDefault: (value: Json, key: string) => boolean
): boolean {
  if (!isBody(declared) || !isBody(live)) return sameValue(live ?? null, declared)
  return Object.entries(declared).every(([key, value]) => {
    const actual = at(live, key)
    if (value === null) return actual === undefined || isDefault(actual, key)
    if (actual === undefined) return isDefault(value, key)
    return holds(actual, value, () => false)
  })
}

/** How a type of field rounds what it keeps. */
const rounds: Readonly<Record<string, (value: number) => number>> = { float: Math.fround, half_float: Math.f16round }

/** Whether two numbers are one in a field of this type, whose numbers are shorter than those of JSON. */
export function sameInPrecision(type: string, live: Json, declared: Json): boolean {
  const round = Object.hasOwn(rounds, type) ? rounds[type] : undefined
  const [before, after] = [textOf(live), textOf(declared)]
  return round !== undefined && before !== '' && after !== '' && round(Number(before)) === round(Number(after))
}

/** A live value with the declared one laid over it; an object of another `type` is replaced, because its parameters are others. */
export function overlaid(live: Json | undefined, declared: Json): Json {
  if (!isBody(declared)) return declared
  const base: Body =
    isBody(live) && (at(declared, 'type') === undefined || at(declared, 'type') === at(live, 'type')) ? live : {}
  return withoutNulls({
    ...base,
    ...mapBody(declared, (value, key) => (isBody(value) ? overlaid(at(base, key), value) : value))
  })
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

function sameBody(live: Body, declared: Body): boolean {
  const keys = Object.keys(live)
  if (keys.length !== Object.keys(declared).length) return false
  return keys.every((key) => {
    const [before, after] = [at(live, key) ?? null, at(declared, key)]
    return after !== undefined && (verbatim.has(key) ? sameJson(before, after) : sameValue(before, after))
  })
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
