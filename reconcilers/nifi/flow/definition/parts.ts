/**
 * Reading the parts of a definition: its lists, its values, and when two of them are the same.
 * @module
 */
import { equalNumber, isNumber, isWrittenNumber, type Json } from '../../../../src/plugin.ts'
import type { Body, Component, ComponentList, Group } from './model.ts'

/** A group inside a group. */
export type InnerGroup = Group & { readonly identifier: string }

/** Components of a list; an absent list is empty. */
export function listOf(group: Group, list: ComponentList): readonly Component[] {
  return group[list] ?? []
}

/** Groups directly inside a group. */
export function groupsOf(group: Group): readonly InnerGroup[] {
  return group.processGroups ?? []
}

/** Whether a value is an object: no list, and no number that keeps its text. */
export function isBody(value: Json | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)
}

/** An object; empty where there is none. */
export function bodyOf(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}

/** A field of its own, so that `constructor` is a name like any other; undefined where there is none. */
export function fieldOf(body: Body, field: string): Json | undefined {
  return Object.hasOwn(body, field) ? body[field] : undefined
}

/** A text; empty where there is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Items of a list; empty where there is none. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** Equal as JSON: the order of lists counts, the order of fields and the notation of numbers do not. */
export function sameJson(a: Json, b: Json): boolean {
  if (Array.isArray(a))
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item: Json, index) => sameJson(item, itemsOf(b)[index] ?? null))
    )
  if (isNumber(a) && isNumber(b)) return equalNumber(a, b)
  if (!isBody(a) || !isBody(b)) return a === b
  const entries = Object.entries(a)
  if (entries.length !== Object.keys(b).length) return false
  return entries.every(([key, value]) => Object.hasOwn(b, key) && sameJson(value, b[key] ?? null))
}

/** By code units: the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A path of one step more; the top has none. */
export function join(...steps: readonly string[]): string {
  return steps.filter((step, index) => index > 0 || step !== '').join('.')
}

/** A short type, as people write it, is the full one that ends with it. */
export function sameType(desired: string, live: string): boolean {
  return desired === live || (desired !== '' && !desired.includes('.') && live.endsWith(`.${desired}`))
}
