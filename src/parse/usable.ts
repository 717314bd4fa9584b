/**
 * What can be used of a document that does not meet its schema: for rules that look at other parts of it, and for those
 * that need to know that it is there.
 * @module
 */
import type { z } from 'zod'
import type { Issue } from './expectation.ts'
import { shapesAt, standIn, type Shapes } from './shape.ts'

/** More rounds mean that what is mended breaks something else. */
const mostRounds = 20

/** Deletes the fields that the schema does not know; false when there were none. */
export function removeUnknown(document: unknown, issues: readonly Issue[]): boolean {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []))
  for (const { path, keys } of unknown) for (const key of keys) remove(at(document, path), key)
  return unknown.length > 0
}

/**
 * The value without the fields that are wrong, with something in the place of those that have to be there; undefined
 * when it still does not meet the schema. `meant` says what an issue is about. Changes `document`.
 */
export function usablePart<T>(
  schema: z.ZodType<T>,
  document: unknown,
  shapes: Shapes,
  meant: (issue: Issue) => readonly Issue[]
): { readonly value: T } | undefined {
  for (let round = 0; round < mostRounds; round += 1) {
    const result = schema.safeParse(document)
    if (result.success) return { value: result.data }
    const issues = result.error.issues.flatMap(meant)
    const isMended = removeUnknown(document, issues)
    const others = issues
      .filter(({ code }) => code !== 'unrecognized_keys')
      .map(({ path }) => [path.join('\n'), path] as const)
    if (![...new Map(others).values()].map((path) => mend(document, path, shapes)).some(Boolean) && !isMended)
      return undefined
  }
  return undefined
}

/** Whether it could do anything about what is wrong at the path. */
function mend(document: unknown, path: readonly PropertyKey[], shapes: Shapes): boolean {
  const last = path.at(-1)
  if (last === undefined) return false
  const parent = at(document, path.slice(0, -1))
  // A list without an entry is another list.
  if (Array.isArray(parent)) return mend(document, path.slice(0, -1), shapes)
  if (remove(parent, last)) return true
  const value = standIn(shapesAt(shapes, path))
  return value !== undefined && typeof parent === 'object' && parent !== null && Reflect.set(parent, last, value)
}

function at(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    document
  )
}

function remove(parent: unknown, key: PropertyKey): boolean {
  return (
    typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key) && Reflect.deleteProperty(parent, key)
  )
}
