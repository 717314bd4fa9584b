/**
 * Checks what a plugin says of its kinds, once, when it is loaded.
 * @module
 */
import { shown, violation } from './fault.ts'
import type { ReconcileError } from '../errors.ts'

/** Belongs to the framework. */
const reservedFile = 'policy'

/**
 * Throws PLUGIN_FAULT, naming everything that is wrong, for kinds that cannot be told apart or cannot be asked.
 * `methods` are those each must have.
 */
export function checkKinds(plugin: string, kinds: unknown, methods: readonly string[]): void {
  if (!Array.isArray(kinds) || kinds.length === 0) {
    throw violation({ plugin }, 'kinds', 'a list of at least one kind', shown(kinds))
  }
  const wrong = kinds.flatMap((kind: unknown) => wrongWith(plugin, kind, methods))
  const faults = [...wrong, ...repeated(plugin, kinds, 'kind'), ...repeated(plugin, kinds, 'file')]
  const [first] = faults
  if (first === undefined) return
  const all = faults.map(({ message }) => message).join('; ')
  throw faults.length === 1 ? first : violation({ plugin }, 'kinds', 'kinds that keep the contract', all)
}

function wrongWith(plugin: string, kind: unknown, methods: readonly string[]): readonly ReconcileError[] {
  const name = property(kind, 'kind')
  if (!isName(name, /^[^\s/]+$/)) {
    return [violation({ plugin }, 'kinds', 'a name without "/" and blanks as kind', shown(name))]
  }
  const tests = [...says, ...methods.map((method) => [method, 'a function', isFunction] as const)]
  return tests.flatMap(([field, expected, isGood]) => {
    const value = property(kind, field)
    return isGood(value) ? [] : [violation({ plugin, kind: String(name) }, field, expected, shown(value))]
  })
}

type Test = (value: unknown) => boolean

/** What a kind says of itself, beside its name. */
const says: readonly (readonly [field: string, expected: string, isGood: Test])[] = [
  ['file', 'a name without ".", "/" and blanks', (value) => isName(value, /^[^\s./]+$/)],
  ['file', 'another name: policy.yaml belongs to the framework', (value) => value !== reservedFile],
  ['singleton', 'the name of the one item', optional((value) => isName(value, /./))],
  ['schema', 'a schema of zod 4', isSchema],
  ['attachments', 'a list of patterns', optional(isTexts)],
  ['protect', 'a list of patterns', optional(isTexts)],
  ['usualMistakes', 'names by names', optional((value) => isObject(value) && isTexts(Object.values(value)))],
  ['batching', 'a limit above 0 and a function weigh', optional(isBatching)]
]

function optional(isGood: Test): Test {
  return (value) => value === undefined || isGood(value)
}

function isName(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

/** By what zod 4 puts into every schema (https://zod.dev/library-authors), so that a copy of its own will do. */
function isSchema(schema: unknown): boolean {
  return isFunction(property(schema, 'safeParse')) && isObject(property(schema, '_zod'))
}

function isBatching(batching: unknown): boolean {
  const limit = property(batching, 'limit')
  return typeof limit === 'number' && limit > 0 && isFunction(property(batching, 'weigh'))
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function repeated(plugin: string, kinds: readonly unknown[], field: 'kind' | 'file'): readonly ReconcileError[] {
  const values = kinds.map((kind) => property(kind, field))
  const twice = new Set(values.filter((value, index) => typeof value === 'string' && values.indexOf(value) !== index))
  return [...twice].map((value) => violation({ plugin }, 'kinds', `each ${field} once`, `${shown(value)} twice`))
}

function property(value: unknown, name: string): unknown {
  return isObject(value) || typeof value === 'function' ? Reflect.get(value, name) : undefined
}
