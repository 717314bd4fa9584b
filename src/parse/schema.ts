/**
 * Checks a document against a schema and says what is wrong in the words of its author: what was expected, what was
 * found, and where.
 * @module
 */
import { z } from 'zod'
import type { Problem } from '../contract.ts'
import { isSecretName } from '../report/secrets.ts'
import { didYouMean } from './nearest.ts'
import { locate, nameOf, toValue, type Node } from './node.ts'

export type Checked<T> = { readonly value: T; readonly problems?: never } | { readonly value?: never; readonly problems: readonly Problem[] }

/** Validates a node; `prefix` is the path from the file's root to it. Pure. */
export function checkSchema<T>(schema: z.ZodType<T>, node: Node, prefix: readonly string[]): Checked<T> {
  const result = schema.safeParse(toValue(node))
  if (result.success) return { value: result.data }
  return { problems: result.error.issues.flatMap((issue) => describeIssue(schema, node, issue, prefix)) }
}

type Issue = z.core.$ZodIssue

function describeIssue(schema: z.ZodType, node: Node, issue: Issue, prefix: readonly string[]): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map((key) => {
      const message = `expected ${known.length === 0 ? 'no such field' : `one of ${known.join(', ')}`}, found "${key}"${didYouMean(key, known)}`
      const entry = entryPosition(node, issue.path, key)
      return { severity: 'error', ...entry, path: joinPath([...prefix, ...issue.path, key]), code: 'UNKNOWN_FIELD', message }
    })
  }
  const found = locate(node, issue.path)
  const path = joinPath([...prefix, ...issue.path])
  const missing = issue.code === 'invalid_type' && !exists(node, issue.path)
  const code = missing ? 'MISSING_FIELD' : issue.code === 'invalid_type' ? 'TYPE' : 'VALUE'
  const seen = missing ? 'nothing' : foundText(found, issue.path)
  return [{ severity: 'error', ...found.at, path, code, message: `expected ${expectation(issue)}, found ${seen}` }]
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'an integer',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list'
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected
  if (issue.code === 'too_small') return bound('at least', issue.minimum, issue.origin)
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue.origin)
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  return issue.message
}

function bound(words: string, limit: number | bigint, origin: string): string {
  if (origin === 'string') return `text of ${words} ${limit} characters`
  if (origin === 'array') return `a list of ${words} ${limit} entries`
  return `${origin === 'int' ? 'an integer of' : 'a number of'} ${words} ${limit}`
}

/** Short texts help to find the place; long ones and those under a secret-looking name are not shown. */
function foundText(node: Node, path: readonly PropertyKey[]): string {
  if (node.type !== 'scalar' || typeof node.value !== 'string') return nameOf(node)
  const secret = path.some((step) => isSecretName(String(step)))
  return secret || node.value.length > 40 ? 'text' : `text "${node.value}"`
}

function exists(node: Node, path: readonly PropertyKey[]): boolean {
  const last = path.at(-1)
  if (last === undefined) return true
  const parent = locate(node, path.slice(0, -1))
  return parent.type === 'map' ? parent.entries.has(String(last)) : parent.type === 'list'
}

function entryPosition(node: Node, path: readonly PropertyKey[], key: string) {
  const parent = locate(node, path)
  return (parent.type === 'map' ? parent.entries.get(key)?.at : undefined) ?? parent.at
}

/** Joins steps the way reports write paths: `a.b[0].c`. */
export function joinPath(steps: readonly PropertyKey[]): string {
  return steps.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`)).join('')
}

/** The field names a strict object knows, read from its JSON Schema. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let current: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  for (const step of path) {
    const properties = property(current, 'properties')
    current = property(properties, String(step)) ?? property(current, 'additionalProperties') ?? property(current, 'items')
  }
  const properties = property(current, 'properties')
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
