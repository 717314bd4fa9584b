/**
 * What a schema expects, in the words of the person who wrote the file.
 * @module
 */
import type { z } from 'zod'
import { didYouMean } from './nearest.ts'
import type { Node } from './node.ts'
import { exactNumber } from './number.ts'
import { isWhole, limitOf, type Shapes } from './shape.ts'

export type Issue = z.core.$ZodIssue

const typeNames: Readonly<Record<string, string>> = {
  int: 'an integer',
  number: 'a number',
  bigint: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null'
}

/** The words after "expected"; `shapes` is what the schema allows at this place. Pure. */
export function expectationOf(issue: Issue, shapes: Shapes, found: Node): string {
  if (issue.code === 'invalid_type') return typeOf(issue, shapes, found)
  if (issue.code === 'too_small') return bound('at least', issue.minimum, issue.origin, shapes)
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue.origin, shapes)
  if (issue.code === 'invalid_value')
    return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => `a key that is ${expectationOf(inner, [], found)}`).join(' and ')
  if (issue.code === 'invalid_union') return alternatives(issue, shapes, found)
  return spokenMessage(issue.message)
}

/** What to do about it, to append to a message; `''` when that is plain. Pure. */
export function hintFor(issue: Issue, found: Node): string {
  if (found.type !== 'scalar' || found.value === null) return ''
  const { value } = found
  if (issue.code === 'invalid_value')
    return typeof value === 'string' ? didYouMean(value, issue.values.map(String)) : ''
  if (issue.code !== 'invalid_type') return ''
  if (typeof value !== 'string') return issue.expected === 'string' ? '; write it in quotes' : ''
  return holdsType(value, issue.expected) ? '; remove the quotes' : ''
}

/** Whether a text would be of a type if it stood without quotes. */
function holdsType(text: string, expected: string): boolean {
  if (expected === 'boolean') return text === 'true' || text === 'false'
  return numberTypes.has(expected) && typeof (exactNumber(text) ?? '') !== 'string'
}

const numberTypes: ReadonlySet<string> = new Set(['number', 'int', 'bigint'])

/** Whether the type is right and only the number too large for it. */
export function isTooLarge(
  issue: Issue,
  found: Node
): found is Node & { readonly type: 'scalar'; readonly value: bigint } {
  return (
    issue.code === 'invalid_type' &&
    (issue.expected === 'number' || issue.expected === 'int') &&
    found.type === 'scalar' &&
    typeof found.value === 'bigint'
  )
}

function typeOf(issue: Issue & { readonly code: 'invalid_type' }, shapes: Shapes, found: Node): string {
  const { expected } = issue
  // A schema's own words say more than the name of a type.
  if (!issue.message.startsWith('Invalid input')) return issue.message
  const name =
    (expected === 'number' || expected === 'int') && isWhole(shapes) ? 'an integer' : (typeNames[expected] ?? expected)
  if (!isTooLarge(issue, found)) return name
  const [words, limit] =
    found.value < 0n ? ['at least', limitOf(shapes, 'minimum')] : ['at most', limitOf(shapes, 'maximum')]
  return `${name} of ${words} ${limit ?? (found.value < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER)}`
}

function bound(words: string, limit: number | bigint, origin: string, shapes: Shapes): string {
  if (origin === 'string')
    return limit === 1 && words === 'at least' ? 'text that is not empty' : `text of ${words} ${limit} characters`
  if (origin === 'array') return `a list of ${words} ${limit} entries`
  return `${isWhole(shapes) ? 'an integer' : 'a number'} of ${words} ${limit}`
}

function alternatives(issue: Issue & { readonly code: 'invalid_union' }, shapes: Shapes, found: Node): string {
  if ('options' in issue && Array.isArray(issue.options)) return `one of ${issue.options.map(String).join(', ')}`
  if (issue.message !== 'Invalid input') return issue.message
  const words = [
    ...new Set(issue.errors.flatMap((branch) => branch.map((inner) => expectationOf(inner, shapes, found))))
  ]
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ')
}

/** zod's own words where a schema brings none of its own. */
function spokenMessage(message: string): string {
  return message
    .replace(/^Invalid (?:string|number|input): must /, 'a value that must ')
    .replace(/^Invalid /, 'a valid ')
}
