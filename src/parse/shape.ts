/**
 * The JSON Schema of a zod schema, as far as messages need it.
 * @module
 */
import { z } from 'zod'

/** Everything a value at one place may be: the branches of a union stand side by side. */
export type Shapes = readonly unknown[]

/** What a whole document may be. */
export function shapesOf(schema: z.ZodType): Shapes {
  return branches(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

/** What the value at a path may be; empty when the schema says nothing about it. */
export function shapesAt(shapes: Shapes, path: readonly PropertyKey[]): Shapes {
  return path.reduce<Shapes>((current, step) => current.flatMap((shape) => branches(below(shape, String(step)))), shapes)
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
  return property(property(shape, 'properties'), step) ?? property(shape, 'additionalProperties') ?? property(shape, 'items')
}

function branches(shape: unknown): Shapes {
  const inner = [property(shape, 'anyOf'), property(shape, 'oneOf'), property(shape, 'allOf')].filter((list) => Array.isArray(list))
  if (inner.length > 0) return inner.flat().flatMap(branches)
  return shape === undefined ? [] : [shape]
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}
