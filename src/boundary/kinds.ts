/**
 * Checks what a plugin says of its kinds, once, when it is loaded.
 * @module
 */
import { shown, violation } from './fault.ts'
import type { ReconcileError } from '../errors.ts'

/** Belongs to the framework. */
const reservedFile = 'policy'

/**
 * Throws PLUGIN_FAULT, naming everything that is wrong, for kinds that cannot be told apart or cannot be asked. `methods` are
 * those each must have.
 */
export function checkKinds(plugin: string, kinds: unknown, methods: readonly string[]): void {
  if (!Array.isArray(kinds) || kinds.length === 0) throw violation({ plugin }, 'kinds', 'a list of at least one kind', shown(kinds))
  const wrong = kinds.flatMap((kind: unknown) => wrongWith(plugin, kind, methods))
  const faults = [...wrong, ...repeated(plugin, kinds, 'kind'), ...repeated(plugin, kinds, 'file')]
  const [first] = faults
  if (first === undefined) return
  throw faults.length === 1 ? first : violation({ plugin }, 'kinds', 'kinds that keep the contract', faults.map(({ message }) => message).join('; '))
}

function wrongWith(plugin: string, kind: unknown, methods: readonly string[]): readonly ReconcileError[] {
  const name = property(kind, 'kind')
  if (typeof name !== 'string' || !/^[^\s/]+$/.test(name)) return [violation({ plugin }, 'kinds', 'a name without "/" and blanks as kind', shown(name))]
  const wrong = (field: string, expected: string): ReconcileError => violation({ plugin, kind: name }, field, expected, shown(property(kind, field)))
  const file = property(kind, 'file')
  const singleton = property(kind, 'singleton')
  return [
    ...(typeof file === 'string' && /^[^\s./]+$/.test(file) ? [] : [wrong('file', 'a name without ".", "/" and blanks')]),
    ...(file === reservedFile ? [wrong('file', 'another name: policy.yaml belongs to the framework')] : []),
    ...(singleton === undefined || (typeof singleton === 'string' && singleton !== '') ? [] : [wrong('singleton', 'the name of the one item')]),
    ...(isSchema(property(kind, 'schema')) ? [] : [wrong('schema', 'a schema of zod 4')]),
    ...methods.flatMap((method) => (typeof property(kind, method) === 'function' ? [] : [wrong(method, 'a function')]))
  ]
}

/** By what zod 4 puts into every schema (https://zod.dev/library-authors), so that a copy of its own will do. */
function isSchema(schema: unknown): boolean {
  return typeof property(schema, 'safeParse') === 'function' && typeof property(schema, '_zod') === 'object'
}

function repeated(plugin: string, kinds: readonly unknown[], field: 'kind' | 'file'): readonly ReconcileError[] {
  const values = kinds.map((kind) => property(kind, field))
  const twice = new Set(values.filter((value, index) => typeof value === 'string' && values.indexOf(value) !== index))
  return [...twice].map((value) => violation({ plugin }, 'kinds', `each ${field} once`, `${shown(value)} twice`))
}

function property(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? Reflect.get(value, name) : undefined
}
