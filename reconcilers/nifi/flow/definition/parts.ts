/**
 * Reading the parts of a definition.
 * @module
 */
import type { Component, ComponentList, Group } from './model.ts'

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
