/**
 * A parsed document whose every value knows where it stands, so that an error found late can still name the line.
 * @module
 */
import type { Position } from '../records.ts'
import { isSecretName } from '../secrets/mask.ts'
import { writtenNumber } from './written-number.ts'

/** A number that a double cannot hold is a bigint when it is whole and text otherwise. */
export type Scalar = null | boolean | number | bigint | string

export type Node =
  | ScalarNode
  | { readonly type: 'list'; readonly at: Position; readonly items: readonly Node[] }
  | MapNode

export interface ScalarNode {
  readonly type: 'scalar'
  readonly at: Position
  readonly value: Scalar
  /** How a number is written, in JSON's notation; absent for everything else. */
  readonly written?: string
}

export interface MapNode {
  readonly type: 'map'
  readonly at: Position
  readonly entries: ReadonlyMap<string, Entry>
}

/** `at` is where the key stands. */
export interface Entry {
  readonly at: Position
  readonly value: Node
}

/** Lays one document over another: objects merge, everything else replaces. Pure. */
export function overlay(base: Node, layer: Node): Node {
  if (base.type !== 'map' || layer.type !== 'map') return layer
  const entries = new Map(base.entries)
  for (const [key, entry] of layer.entries) {
    const below = entries.get(key)
    entries.set(key, below === undefined ? entry : { at: entry.at, value: overlay(below.value, entry.value) })
  }
  return { type: 'map', at: base.at, entries }
}

/** How numbers leave a document: by their value, or as `writtenNumber` gives them. */
export type NumberForm = 'value' | 'written'

/** The plain value; objects have no prototype, so that a key like `__proto__` is only a key. */
export function toValue(node: Node, numbers: NumberForm = 'value'): unknown {
  if (node.type === 'scalar')
    return numbers === 'written' && node.written !== undefined ? writtenNumber(node.written) : node.value
  if (node.type === 'list') return node.items.map((item) => toValue(item, numbers))
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, entry] of node.entries) object[key] = toValue(entry.value, numbers)
  return object
}

/** Whether a number in it is another value in its written form than by its value. */
export function keepsText(node: Node): boolean {
  if (node.type === 'scalar') return node.written !== undefined && writtenNumber(node.written) !== node.value
  return node.type === 'list'
    ? node.items.some(keepsText)
    : [...node.entries.values()].some(({ value }) => keepsText(value))
}

/** Whether two documents say the same in the same order, wherever they stand. */
export function sameContent(a: Node, b: Node): boolean {
  if (a === b) return true
  if (a.type === 'scalar') return b.type === 'scalar' && a.value === b.value && a.written === b.written
  if (a.type === 'list')
    return (
      b.type === 'list' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => sameContent(item, b.items[index] ?? a))
    )
  if (b.type !== 'map' || a.entries.size !== b.entries.size) return false
  const others = [...b.entries]
  return [...a.entries].every(([key, { value }], index) => {
    const [otherKey, other] = others[index] ?? []
    return key === otherKey && other !== undefined && sameContent(value, other.value)
  })
}

/** The node at a path, or the nearest one above it that exists. */
export function locate(node: Node, path: readonly PropertyKey[]): Node {
  const [step, ...rest] = path
  if (step === undefined) return node
  const next =
    node.type === 'map'
      ? node.entries.get(String(step))?.value
      : node.type === 'list'
        ? node.items[Number(step)]
        : undefined
  return next === undefined ? node : locate(next, rest)
}

/** Where the field at a path stands: its key where it has one. */
export function placeOf(node: Node, path: readonly PropertyKey[]): Position {
  const parent = locate(node, path.slice(0, -1))
  const entry = parent.type === 'map' ? parent.entries.get(String(path.at(-1))) : undefined
  return entry?.at ?? locate(node, path).at
}

/** What a value is, in the words of the person who wrote it: `text`, `a list`, `6.5`. Never a text itself, nor a number of a secret-looking path. */
export function nameOf(node: Node, path: readonly PropertyKey[] = []): string {
  if (node.type === 'list') return 'a list'
  if (node.type === 'map') return 'an object'
  if (node.value === null || typeof node.value === 'boolean') return String(node.value)
  if (typeof node.value === 'string') return 'text'
  const digits = node.written ?? String(node.value)
  if (isSecretPath(path)) return 'a number'
  return digits.length > longestShown ? `a number of ${digits.length} digits` : digits
}

/** The same with the text itself: short ones help to find the place; long ones and those of a secret-looking path are not shown. */
export function foundText(node: Node, path: readonly PropertyKey[]): string {
  if (node.type !== 'scalar' || typeof node.value !== 'string') return nameOf(node, path)
  if (isSecretPath(path) || node.value.length > longestShown) return 'text'
  // A number that is kept as its text was not written as text.
  return node.written ?? `text "${node.value}"`
}

const longestShown = 40

function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some((step) => isSecretName(String(step)))
}
