/**
 * Text → document. One YAML 1.2 parser reads JSON and YAML, so that `#` comments inside JSON work; a `.json` file is
 * held to JSON's scalars, so that a forgotten quote is an error and not a text. Plain JSON takes a quicker way to the
 * same result.
 * @module
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Alias,
  type Document,
  type Pair,
  type Scalar as YamlScalar
} from 'yaml'
import type { Position, Problem } from '../records.ts'
import { isSecretName } from '../secrets/mask.ts'
import { readPlainJson } from './json.ts'
import type { Entry, Node, ScalarNode } from './node.ts'
import { exactNumber, jsonNotation } from './number.ts'
import { commentMessage, findSyntaxError, isFollowedByComment, nestingMessage } from './syntax.ts'
import { decodeText } from './text.ts'

/** Expanding aliases inside aliases grows exponentially; no configuration written by people comes near this. */
const mostAliasedNodes = 100_000
/** Keeps every later step from running out of stack. */
export const mostLevels = 100
/** More of the same kind help nobody. */
const mostProblems = 20

const mergeKeyMessage = 'expected fields, found the merge key "<<", which YAML 1.2 does not have; write the fields out'

export type ParsedDocument =
  | { readonly root: Node; readonly problems?: never }
  | { readonly root?: never; readonly problems: readonly Problem[] }

/** Parses one file. Every problem is an error with its line and column. Pure. */
export function parseDocument(file: string, bytes: Uint8Array): ParsedDocument {
  const { text, wrong } = decodeText(bytes)
  if (wrong !== undefined) return { problems: [{ severity: 'error', file, path: '', code: 'ENCODING', ...wrong }] }
  const plain = file.endsWith('.json') ? readPlainJson(file, text, mostLevels) : undefined
  return plain === undefined ? parseYaml(file, text) : { root: plain }
}

/** Parses the text of a file, or of a part of it that begins with line `firstLine`. Pure. */
export function parseYaml(file: string, text: string, firstLine = 1): ParsedDocument {
  const lines = new LineCounter()
  const reader = new DocumentReader(file, text, lines, firstLine)
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: file.endsWith('.json') ? 'json' : 'core',
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: lines
    })
    return reader.read('empty' in documents ? [] : documents)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { problems: [reader.problem(0, '', 'SYNTAX', nestingMessage)] }
  }
}

/** What stands behind an anchor, and how much of it there is. */
interface Anchored {
  readonly node: Node
  readonly size: number
  readonly levels: number
}

class DocumentReader {
  readonly #file: string
  readonly #text: string
  readonly #lines: LineCounter
  readonly #firstLine: number
  readonly #problems: Problem[] = []
  /** By name; undefined while the value that carries the anchor is being read. */
  readonly #anchors = new Map<string, Anchored | undefined>()
  #size = 0
  #aliased = 0
  #level = 0
  #deepest = 0

  constructor(file: string, text: string, lines: LineCounter, firstLine: number) {
    this.#file = file
    this.#text = text
    this.#lines = lines
    this.#firstLine = firstLine
  }

  read(documents: readonly Document.Parsed[]): ParsedDocument {
    const [document, second] = documents
    const wrong =
      document === undefined ? undefined : findSyntaxError(document, this.#text, this.#file.endsWith('.json'))
    if (wrong !== undefined) return { problems: [this.problem(wrong.offset, '', 'SYNTAX', wrong.message)] }
    if (second !== undefined) {
      return {
        problems: [
          this.problem(
            second.range[0],
            '',
            'SYNTAX',
            'expected one document, found a second one after "---"; keep one per file'
          )
        ]
      }
    }
    const contents: unknown = document?.contents
    if (
      document === undefined ||
      contents === null ||
      contents === undefined ||
      (isScalar(contents) && contents.type === 'PLAIN' && contents.source === '')
    ) {
      return {
        problems: [
          this.problem(
            0,
            '',
            'EMPTY',
            `expected an object, found ${nameOfNothing(this.#text)}; write {} if nothing is meant`
          )
        ]
      }
    }
    const root = this.#node(contents, '')
    return this.#problems.length > 0 ? { problems: this.#problems.slice(0, mostProblems) } : { root }
  }

  problem(offset: number, path: string, code: string, message: string): Problem {
    return { severity: 'error', ...this.#position(offset), path, code, message }
  }

  #add(offset: number, path: string, code: string, message: string): void {
    this.#problems.push(this.problem(offset, path, code, message))
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#file, line: Math.max(1, line) + this.#firstLine - 1, column: Math.max(1, col) }
  }

  #node(source: unknown, path: string): Node {
    if (isAlias(source)) return this.#aliasedNode(source, path)
    const anchor = isMap(source) || isSeq(source) || isScalar(source) ? source.anchor : undefined
    if (anchor === undefined) return this.#plainNode(source, path)
    const outer = { size: this.#size, deepest: this.#deepest }
    this.#deepest = this.#level
    this.#anchors.set(anchor, undefined)
    const node = this.#plainNode(source, path)
    this.#anchors.set(anchor, { node, size: this.#size - outer.size, levels: this.#deepest - this.#level })
    this.#deepest = Math.max(this.#deepest, outer.deepest)
    return node
  }

  #plainNode(source: unknown, path: string): Node {
    const offset = rangeStart(source)
    const at = this.#position(offset)
    this.#size += 1
    if (isScalar(source)) {
      if (this.#isCutShort(source)) this.#add(offset, path, 'SYNTAX', commentMessage)
      return { type: 'scalar', at, ...this.#scalar(source, offset, path) }
    }
    if (!isMap(source) && !isSeq(source)) return { type: 'scalar', at, value: null }
    if (!this.#reaches(this.#level + 1, offset, path)) return { type: 'scalar', at, value: null }
    this.#level += 1
    const node: Node = isMap(source)
      ? { type: 'map', at, entries: this.#entries(source.items, path) }
      : { type: 'list', at, items: source.items.map((item, index) => this.#node(item, `${path}[${index}]`)) }
    this.#level -= 1
    return node
  }

  /** Notes how deep the document goes; false when that is too deep. */
  #reaches(level: number, offset: number, path: string): boolean {
    this.#deepest = Math.max(this.#deepest, level)
    if (level <= mostLevels) return true
    this.#add(offset, path.slice(0, 100), 'SYNTAX', nestingMessage)
    return false
  }

  /** The value behind an alias is shared, not copied; its size and depth count as if it were. */
  #aliasedNode(alias: Alias, path: string): Node {
    const offset = rangeStart(alias)
    const nothing = { type: 'scalar', at: this.#position(offset), value: null } as const
    const target = this.#anchors.get(alias.source)
    if (target === undefined) {
      const found = this.#anchors.has(alias.source)
        ? 'one that contains itself'
        : 'an alias of none (quote text that starts with "*")'
      this.#add(offset, path, 'SYNTAX', `expected an alias of an anchor above it, found ${found}`)
      return nothing
    }
    if (!this.#reaches(this.#level + target.levels, offset, path)) return nothing
    this.#size += target.size
    this.#aliased += target.size
    if (this.#aliased <= mostAliasedNodes) return target.node
    if (this.#aliased - target.size <= mostAliasedNodes) {
      this.#add(
        offset,
        path,
        'SYNTAX',
        `expected aliases of at most ${mostAliasedNodes} values in all, found more; write them out or shorten them`
      )
    }
    return nothing
  }

  #entries(pairs: readonly Pair[], path: string): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>()
    for (const pair of pairs) {
      const offset = rangeStart(pair.key)
      if (!isScalar(pair.key)) {
        const found = isMap(pair.key) ? 'an object; is it a template that nothing has filled in?' : 'a list or an alias'
        this.#add(offset, path, 'SYNTAX', `expected a key that is text, found ${found}`)
        continue
      }
      if (pair.key.anchor !== undefined) this.#node(pair.key, path)
      // YAML 1.1 took what stands there for fields of this object.
      if (pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        this.#add(offset, path, 'SYNTAX', mergeKeyMessage)
        continue
      }
      const key = typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? String(pair.key.value))
      const keyPath = path === '' ? key : `${path}.${key}`
      const at = this.#position(offset)
      const first = entries.get(key)
      if (first !== undefined) {
        const places =
          first.at.line === at.line ? `twice on line ${at.line}` : `twice, on lines ${first.at.line} and ${at.line}`
        this.#add(offset, keyPath, 'DUPLICATE_KEY', `expected "${key}" once, found it ${places}; keep one of them`)
      }
      // A key behind "?" may have no value at all, not even an empty one with a place of its own.
      const value: Node = pair.value === null ? { type: 'scalar', at, value: null } : this.#node(pair.value, keyPath)
      entries.set(key, { at, value })
    }
    return entries
  }

  /** In JSON text has quotes. */
  #isCutShort({ type, range }: YamlScalar): boolean {
    return (
      type === 'PLAIN' &&
      !this.#file.endsWith('.json') &&
      isFollowedByComment(this.#text, range?.[1] ?? this.#text.length)
    )
  }

  #scalar(scalar: YamlScalar, offset: number, path: string): Pick<ScalarNode, 'value' | 'written'> {
    const { value } = scalar
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      return { value: typeof value === 'string' || typeof value === 'boolean' ? value : null }
    }
    const source = scalar.source ?? String(value)
    const exact = exactNumber(source)
    if (exact !== undefined) return { value: exact, written: jsonNotation(source) }
    const found = isSecretName(path) ? 'another' : source.length <= 40 ? source : `one of ${source.length} characters`
    const expected = /\d/.test(source) ? 'a number of at most 400 digits' : 'a number that can be written out'
    this.#add(offset, path, 'NUMBER', `expected ${expected}, found ${found}`)
    return { value: null }
  }
}

function rangeStart(source: unknown): number {
  const range: unknown = typeof source === 'object' && source !== null && 'range' in source ? source.range : undefined
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0
}

function nameOfNothing(text: string): string {
  if (text.length === 0) return 'an empty file'
  return text.trim() === '' ? 'only blank lines' : 'no value, only comments or marks'
}
