/**
 * Checks a document against a schema and says what is wrong in the words of its author: what was expected, what was
 * found, and where.
 * @module
 */
import type { z } from 'zod'
import type { Problem } from '../records.ts'
import { expectationOf, hintFor, isTooLarge, type Issue } from './expectation.ts'
import { remember } from '../remember.ts'
import { didYouMean, type UsualMistakes } from './nearest.ts'
import { foundText, keepsText, locate, toValue, type Node, type NumberForm } from './node.ts'
import { knownKeys, shapesAt, shapesOf, type Shapes } from './shape.ts'
import { removeUnknown, usablePart } from './usable.ts'

export type Checked<T> =
  | { readonly value: T; readonly problems?: never; readonly usable?: never }
  | {
      readonly value?: never
      readonly problems: readonly Problem[]
      /** What is left without what is wrong, where something is; its numbers by their value. */
      readonly usable?: { readonly value: T } | undefined
    }

/** How a document is checked. */
export interface CheckOptions {
  /** Fields the schema does not know because others read them. */
  readonly reserved?: readonly string[]
  /** How numbers reach the schema; default `value`. */
  readonly numbers?: NumberForm
  /**
   * Asked before the nearest name by letters, at any depth; a name with dots is a path from the root of the document.
   */
  readonly usualMistakes?: UsualMistakes
}

/**
 * Validates a node; `prefix` is the path from the file's root to it. Rules that a schema looks at only when all fields
 * are known count as well. Pure.
 */
export function checkSchema<T>(
  schema: z.ZodType<T>,
  node: Node,
  prefix: readonly string[],
  { reserved = [], usualMistakes = {}, numbers = 'value' }: CheckOptions = {}
): Checked<T> {
  const hidden = prototypeKeys(node, prefix)
  const result = parseNode(schema, node, numbers)
  if (result.success)
    return hidden.length === 0
      ? { value: result.data }
      : {
          problems: hidden,
          usable: { value: result.data }
        }
  const shapes = shapesFor(schema)
  const context = { node, prefix, reserved, usualMistakes, shapes }
  const issues = result.error.issues.flatMap(meantIssues)
  const known = toValue(node)
  const unknown = issues.filter(({ code }) => code === 'unrecognized_keys')
  const more = removeUnknown(known, unknown) ? (schema.safeParse(known).error?.issues ?? []) : []
  // What a whole object is said to lack may be what was mistyped in it.
  const sure = more.flatMap(meantIssues).filter(({ path }) => !unknown.some((other) => isAbove(path, other.path)))
  const problems = [...issues, ...sure].flatMap((issue) => describeIssue(issue, context))
  return {
    problems: [...hidden, ...withoutRepetition(problems, hidden)],
    usable: usablePart(schema, known, shapes, meantIssues)
  }
}

const shapesFor = remember(shapesOf)

function isAbove(path: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  return path.every((step, index) => step === other[index])
}

/** Each problem once, and none of a place where `said` has one. */
function withoutRepetition(problems: readonly Problem[], said: readonly Problem[]): readonly Problem[] {
  const more = problems.filter(({ path }) => !said.some((other) => other.path === path))
  return [...new Map(more.map((problem) => [JSON.stringify(problem), problem])).values()]
}

/**
 * By value first: a number that keeps its text is an object, which a schema of objects would take for one of its own.
 */
function parseNode<T>(schema: z.ZodType<T>, node: Node, numbers: NumberForm): z.ZodSafeParseResult<T> {
  const byValue = schema.safeParse(toValue(node))
  const isByValue = !byValue.success || numbers === 'value' || !keepsText(node)
  return isByValue ? byValue : schema.safeParse(toValue(node, numbers))
}

interface IssueContext {
  readonly node: Node
  readonly prefix: readonly string[]
  readonly reserved: readonly string[]
  readonly usualMistakes: UsualMistakes
  readonly shapes: Shapes
}

/** A union says only that no branch fits; where one branch fits at its root, what is wrong inside it is meant. */
function meantIssues(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const fitting = issue.errors.filter(
    (branch) =>
      branch.length > 0 && !branch.some((inner) => inner.path.length === 0 && inner.code !== 'unrecognized_keys')
  )
  const [branch] = fitting
  if (branch === undefined || fitting.length > 1) return [issue]
  return branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(meantIssues)
}

function describeIssue(issue: Issue, context: IssueContext): Problem[] {
  const { node, prefix, reserved, shapes } = context
  const here = shapesAt(shapes, issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = [...knownKeys(here), ...(issue.path.length === 0 ? reserved : [])]
    return issue.keys.map((key) => {
      const expected =
        known.length > 1 ? `one of ${known.join(', ')}` : known.map((name) => `"${name}"`).join('') || 'no such field'
      const message = `expected ${expected}, found "${key}"${didYouMean(key, known, usualAt(context, known))}`
      return {
        severity: 'error',
        ...keyPosition(node, issue.path, key),
        path: joinPath([...prefix, ...issue.path, key]),
        code: 'UNKNOWN_FIELD',
        message
      }
    })
  }
  const found = locate(node, issue.path)
  const path = [...prefix, ...issue.path]
  const missing = !exists(node, issue.path)
  const code = missing ? 'MISSING_FIELD' : issue.code === 'invalid_type' && !isTooLarge(issue, found) ? 'TYPE' : 'VALUE'
  const seen = missing ? 'nothing' : `${foundText(found, path)}${hintFor(issue, found)}`
  return [
    {
      severity: 'error',
      ...found.at,
      path: joinPath(path),
      code,
      message: `expected ${expectationOf(issue, here, found)}, found ${seen}`
    }
  ]
}

/** The usual mistakes that mean a field there is: at this place, or where its path from the root begins. */
function usualAt({ usualMistakes, shapes, reserved }: IssueContext, known: readonly string[]): UsualMistakes {
  const roots = [...knownKeys(shapes), ...reserved]
  const isThere = (name: string): boolean => known.includes(name) || roots.some((root) => name.startsWith(`${root}.`))
  return Object.fromEntries(Object.entries(usualMistakes).filter(([, name]) => isThere(name)))
}

function exists(node: Node, path: readonly PropertyKey[]): boolean {
  const last = path.at(-1)
  if (last === undefined) return true
  const parent = locate(node, path.slice(0, -1))
  return parent.type === 'map' ? parent.entries.has(String(last)) : parent.type === 'list'
}

function keyPosition(node: Node, path: readonly PropertyKey[], key: string) {
  const parent = locate(node, path)
  return (parent.type === 'map' ? parent.entries.get(key)?.at : undefined) ?? parent.at
}

/** zod passes over keys named `__proto__`; what is declared must be used or refused. */
function prototypeKeys(node: Node, path: readonly PropertyKey[]): Problem[] {
  if (node.type === 'scalar' || !holdsPrototypeKey(node)) return []
  if (node.type === 'list') return node.items.flatMap((item, index) => prototypeKeys(item, [...path, index]))
  return [...node.entries].flatMap(([key, entry]): Problem[] => {
    const below = [...path, key]
    if (key !== '__proto__') return prototypeKeys(entry.value, below)
    return [
      {
        severity: 'error',
        ...entry.at,
        path: joinPath(below),
        code: 'UNKNOWN_FIELD',
        message: 'expected another name, found "__proto__", which is reserved'
      }
    ]
  })
}

/** Nearly no document does, and all are asked. */
function holdsPrototypeKey(node: Node): boolean {
  if (node.type === 'scalar') return false
  if (node.type === 'list') return node.items.some(holdsPrototypeKey)
  for (const [key, { value }] of node.entries) if (key === '__proto__' || holdsPrototypeKey(value)) return true
  return false
}

/** Joins steps the way reports write paths: `a.b[0].c`. */
export function joinPath(steps: readonly PropertyKey[]): string {
  return steps
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`))
    .join('')
}
