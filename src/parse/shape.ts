/**
 * The JSON Schema of a zod schema, as far as messages need it.
 * @module
 */
import { z } from 'zod'

/** Everything a value at one place may be: the branches of a union stand side by side. */
export type Shapes = readonly unknown[]

/** What a whole document may be. */
export function shapesOf(schema: z.ZodType): Shapes {
  const root: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return branches(resolved(root, root, new Map()))
}

/** The schema with what it refers to in the place of each reference: a recursive one contains itself. */
function resolved(part: unknown, root: unknown, known: Map<unknown, unknown>): unknown {
  if (typeof part !== 'object' || part === null) return part
  const before = known.get(part)
  if (before !== undefined) return before
  const reference = property(part, '$ref')
  if (typeof reference === 'string') return resolved(referred(reference, root), root, known)
  const copy: Record<string, unknown> | unknown[] = Array.isArray(part) ? [] : {}
  known.set(part, copy)
  for (const [key, entry] of Object.entries(part)) Reflect.set(copy, key, resolved(entry, root, known))
  return copy
}

/** What `#` and `#/$defs/x` refer to. */
function referred(reference: string, root: unknown): unknown {
  return reference.split('/').slice(1).reduce<unknown>(property, root)
}

/** What the value at a path may be; empty when the schema says nothing about it. */
export function shapesAt(shapes: Shapes, path: readonly PropertyKey[]): Shapes {
  return path.reduce<Shapes>(
    (current, step) => current.flatMap((shape) => branches(below(shape, String(step)))),
    shapes
  )
}

/** The field names an object there may have. */
export function knownKeys(shapes: Shapes): readonly string[] {
  const names = shapes.flatMap((shape) => {
    const properties = property(shape, 'properties')
    return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  })
  return [...new Set(names)]
}

/** Whether a number there must be whole. */
export function isWhole(shapes: Shapes): boolean {
  return shapes.some((shape) => property(shape, 'type') === 'integer')
}

/** The limit of a number there, if it has one. */
export function limitOf(shapes: Shapes, which: 'minimum' | 'maximum'): number | undefined {
  return shapes.map((shape) => property(shape, which)).find((limit) => typeof limit === 'number')
}

const empty: Readonly<Record<string, (shape: unknown) => unknown>> = {
  string: (shape) => 'x'.repeat(Number(property(shape, 'minLength') ?? 0)),
  integer: (shape) => property(shape, 'minimum') ?? 0,
  number: (shape) => property(shape, 'minimum') ?? 0,
  boolean: () => false,
  null: () => null,
  array: () => [],
  object: () => ({})
}

/** A value of the first shape that may stand there, as far as shapes tell; undefined when they do not. */
export function standIn([shape]: Shapes): unknown {
  const constant = property(shape, 'const')
  if (constant !== undefined) return constant
  const values = property(shape, 'enum')
  if (Array.isArray(values)) return values[0]
  const type = property(shape, 'type')
  return typeof type === 'string' ? empty[type]?.(shape) : undefined
}

function below(shape: unknown, step: string): unknown {
  return (
    property(property(shape, 'properties'), step) ?? property(shape, 'additionalProperties') ?? property(shape, 'items')
  )
}

/** `above` are the shapes of which this is a branch: a union may be a branch of itself. */
function branches(shape: unknown, above: readonly unknown[] = []): Shapes {
  if (shape === undefined || above.includes(shape)) return []
  const inner = [property(shape, 'anyOf'), property(shape, 'oneOf'), property(shape, 'allOf')].filter((list) =>
    Array.isArray(list)
  )
  return inner.length > 0 ? inner.flat().flatMap((branch) => branches(branch, [...above, shape])) : [shape]
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
