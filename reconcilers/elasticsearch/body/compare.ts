/**
 * Two bodies field by field: what is declared beside what is there. Knows no kind; a kind brings its rules.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'

/** The way from the top of a body to one of its fields. A key may hold dots, so a path as text would not do. */
export type Steps = readonly string[]

/** One field that differs; `null` means "not set". */
export interface BodyChange {
  readonly steps: Steps
  readonly before: Json
  readonly after: Json
}

/** What a kind knows about the places of its bodies. */
export interface BodyRules {
  /** An empty object here says the same as no object; everywhere else an empty object says something. */
  isContainer(steps: Steps): boolean
  /** The two objects are compared and replaced as one value, not field by field. */
  isWhole(steps: Steps, declared: Body, live: Body): boolean
  /** What the server fills in where nothing is written; undefined for "nothing". */
  defaultAt(steps: Steps): Json | undefined
  /** Whether two values, neither of them compared field by field, mean the same. */
  isSame(steps: Steps, declared: Json, live: Json): boolean
}

/** A field of a body, and never what every JavaScript object inherits (`constructor` is a fine field name). */
export function fieldOf(body: Body | undefined, key: string): Json | undefined {
  return body !== undefined && Object.hasOwn(body, key) ? body[key] : undefined
}

/** The value at the end of the steps. */
export function valueAt(body: Body, steps: Steps): Json | undefined {
  return steps.reduce<Json | undefined>((value, step) => (isBody(value) ? fieldOf(value, step) : undefined), body)
}

/** Without object fields that are null, for these are not set. Lists stay as they are. */
export function withoutNulls(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, field]) => (field === null ? [] : [[key, bare(field)]]))
  )
}

function bare(value: Json): Json {
  return isBody(value) ? withoutNulls(value) : value
}

/**
 * Declared fields that differ, in the order they are declared. A live body that is undefined has no field at all, not
 * even those the server fills in. Pure.
 */
export function compareBodies(declared: Body, live: Body | undefined, rules: BodyRules): readonly BodyChange[] {
  return live === undefined
    ? compareFields(declared, {}, { ...rules, defaultAt: () => undefined }, [])
    : compareFields(declared, live, rules, [])
}

function compareFields(declared: Body, live: Body, rules: BodyRules, above: Steps): readonly BodyChange[] {
  return Object.entries(declared).flatMap(([key, want]) =>
    compareField(want, fieldOf(live, key) ?? null, rules, [...above, key])
  )
}

function compareField(want: Json, have: Json, rules: BodyRules, steps: Steps): readonly BodyChange[] {
  if (want === null) return have === null || isDefault(have, rules, steps) ? [] : [{ steps, before: have, after: null }]
  if (have === null) return isDefault(want, rules, steps) ? [] : compareMissing(want, rules, steps)
  if (isBody(want) && isBody(have) && !rules.isWhole(steps, want, have)) return compareFields(want, have, rules, steps)
  const after = bare(want)
  return rules.isSame(steps, after, have) ? [] : [{ steps, before: have, after }]
}

/** A value where there is none; of an object its fields, or itself where it has none and its presence counts. */
function compareMissing(want: Json, rules: BodyRules, steps: Steps): readonly BodyChange[] {
  const itself = [{ steps, before: null, after: bare(want) }]
  if (!isBody(want) || rules.isWhole(steps, want, {})) return itself
  const fields = compareFields(want, {}, rules, steps)
  return fields.length > 0 || rules.isContainer(steps) ? fields : itself
}

function isDefault(value: Json, rules: BodyRules, steps: Steps): boolean {
  const fallback = rules.defaultAt(steps)
  return fallback !== undefined && rules.isSame(steps, value, fallback)
}

/**
 * Fields nobody declared, each as the change that would reset it. An undeclared object is one field: taking it apart
 * would leave its empty shell behind. What the server fills in by itself is not listed. Pure.
 */
export function undeclaredIn(declared: Body, live: Body, rules: BodyRules): readonly BodyChange[] {
  return undeclaredFields(declared, live, rules, [])
}

function undeclaredFields(declared: Body, live: Body, rules: BodyRules, above: Steps): readonly BodyChange[] {
  return Object.entries(live).flatMap(([key, have]): readonly BodyChange[] => {
    const steps = [...above, key]
    const want = fieldOf(declared, key)
    if (isBody(want) && isBody(have))
      return rules.isWhole(steps, want, have) ? [] : undeclaredFields(want, have, rules, steps)
    if (want !== undefined || have === null) return []
    if (isBody(have) && rules.isContainer(steps)) return undeclaredFields({}, have, rules, steps)
    return isDefault(have, rules, steps) ? [] : [{ steps, before: have, after: null }]
  })
}

/** The body with exactly these changes: parents are made where they are missing, a field set to null is taken away. Pure. */
export function overlay(body: Body, changes: readonly BodyChange[]): Body {
  return changes.reduce((changed, { steps, after }) => withField(changed, steps, after), body)
}

function withField(body: Body, [step, ...rest]: Steps, value: Json): Body {
  if (step === undefined) return body
  const inner = fieldOf(body, step)
  if (rest.length > 0) {
    if (value === null && !isBody(inner)) return body
    return { ...body, [step]: withField(isBody(inner) ? inner : {}, rest, value) }
  }
  if (value !== null) return { ...body, [step]: value }
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== step))
}
