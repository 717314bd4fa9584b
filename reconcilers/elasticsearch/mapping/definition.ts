/**
 * What a mapping is made of: definitions of fields, and definitions below them.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { textOf } from '../body/same.ts'

/** Keys under which definitions hang by name, in every definition. */
export type Branch = 'properties' | 'fields' | 'runtime'

const objectTypes: ReadonlySet<string> = new Set(['object', 'nested', 'passthrough'])

/** An own field of an object, whatever its name; undefined when absent. */
export function at(body: Body | undefined, key: string): Json | undefined {
  return body !== undefined && Object.hasOwn(body, key) ? body[key] : undefined
}

/** An own field that is an object; undefined when absent or anything else. */
export function bodyAt(body: Body | undefined, key: string): Body | undefined {
  const value = at(body, key)
  return isBody(value) ? value : undefined
}

/** A value as a word, as the server reads it; empty for lists, objects and what is not set. */
export function word(value: Json | undefined): string {
  return textOf(value)
}

/** The type of a field; one without a type is an object, as the server has it. */
export function typeOf(definition: Body): string {
  const type = at(definition, 'type') ?? 'object'
  return word(type)
}

/** Whether other fields hang below this one. */
export function isObjectField(definition: Body): boolean {
  return objectTypes.has(typeOf(definition))
}

/** An object without some of its fields. */
export function without(body: Body, ...keys: readonly string[]): Body {
  if (!keys.some((key) => Object.hasOwn(body, key))) return body
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)))
}

/** Every value of an object through a function that may drop it by answering undefined. */
export function mapBody(body: Body, change: (value: Json, key: string) => Json | undefined): Body {
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, value]): [string, Json][] => {
      const changed = change(value, key)
      return changed === undefined ? [] : [[key, changed]]
    })
  )
}

/** The name searches use: `properties` and `fields` left out of the steps to a definition. */
export function fieldName(steps: readonly string[]): string {
  return steps.filter((_, index) => index % 2 === 1).join('.')
}
