/**
 * Text → document. One YAML 1.2 parser reads JSON and YAML, so that `#` comments inside JSON work; a `.json` file is
 * held to JSON's scalars, so that a forgotten quote is an error and not a text.
 * @module
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Alias, type Document, type Pair, type Scalar as YamlScalar } from 'yaml'
import type { Position, Problem } from '../contract.ts'
import { isSecretName } from '../report/secrets.ts'
import type { Entry, Node } from './node.ts'
import { exactNumber } from './number.ts'

/** Expanding aliases inside aliases grows exponentially; no configuration written by people comes near this. */
const mostAliasedNodes = 10_000

export type ParsedDocument = { readonly root: Node; readonly problems?: never } | { readonly root?: never; readonly problems: readonly Problem[] }

/** Parses one file. Every problem is an error with its line and column. Pure. */
export function parseDocument(file: string, bytes: Uint8Array): ParsedDocument {
  const lines = new LineCounter()
  const reader = new DocumentReader(file, lines)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { problems: [reader.problem(0, '', 'ENCODING', 'expected UTF-8 text, found bytes that are not; save the file as UTF-8')] }
  }
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: file.endsWith('.json') ? 'json' : 'core',
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: lines
    })
    return reader.read(text, 'empty' in documents ? [] : documents)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { problems: [reader.problem(0, '', 'SYNTAX', 'expected a few levels of nesting, found far too many; flatten the file')] }
  }
}

class DocumentReader {
  readonly #file: string
  readonly #lines: LineCounter
  readonly #problems: Problem[] = []
  #aliased = 0

  constructor(file: string, lines: LineCounter) {
    this.#file = file
    this.#lines = lines
  }

  read(text: string, documents: readonly Document.Parsed[]): ParsedDocument {
    const [document, second] = documents
    for (const error of document === undefined ? [] : [...document.errors, ...document.warnings]) {
      this.#add(error.pos[0], '', 'SYNTAX', syntaxMessage(error, text))
    }
    if (second !== undefined) {
      this.#add(second.range[0], '', 'SYNTAX', 'expected one document, found a second one after `---`; keep one per file')
    }
    if (this.#problems.length > 0) return { problems: this.#problems }
    const contents: unknown = document?.contents
    if (document === undefined || contents === null || contents === undefined || (isScalar(contents) && contents.value === null && text.trim() !== 'null')) {
      const found = text.length === 0 ? 'an empty file' : 'no value'
      return { problems: [this.problem(0, '', 'EMPTY', `expected an object, found ${found}; write {} to declare nothing`)] }
    }
    const root = this.#node(contents, '', document)
    return this.#problems.length > 0 ? { problems: this.#problems } : { root }
  }

  problem(offset: number, path: string, code: string, message: string): Problem {
    return { severity: 'error', ...this.#position(offset), path, code, message }
  }

  #add(offset: number, path: string, code: string, message: string): void {
    this.#problems.push(this.problem(offset, path, code, message))
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) }
  }

  #node(source: unknown, path: string, document: Document.Parsed): Node {
    if (isAlias(source)) return this.#aliasedNode(source, path, document)
    const offset = rangeStart(source)
    const at = this.#position(offset)
    if (isMap(source)) return { type: 'map', at, entries: this.#entries(source.items, path, document) }
    if (isSeq(source)) return { type: 'list', at, items: source.items.map((item, index) => this.#node(item, `${path}[${index}]`, document)) }
    return { type: 'scalar', at, value: isScalar(source) ? this.#scalar(source, offset, path) : null }
  }

  #aliasedNode(source: Alias, path: string, document: Document.Parsed): Node {
    this.#aliased += 1
    const target = source.resolve(document)
    if (target === undefined || this.#aliased > mostAliasedNodes) {
      const message = target === undefined ? 'expected a known anchor, found an alias of none' : 'expected few aliases, found aliases inside aliases without end'
      this.#add(rangeStart(source), path, 'SYNTAX', message)
      return { type: 'scalar', at: this.#position(rangeStart(source)), value: null }
    }
    return this.#node(target, path, document)
  }

  #entries(pairs: readonly Pair[], path: string, document: Document.Parsed): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>()
    for (const pair of pairs) {
      const offset = rangeStart(pair.key)
      if (!isScalar(pair.key)) {
        this.#add(offset, path, 'SYNTAX', 'expected a key that is text, found a list or an object as key')
        continue
      }
      const key = typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? String(pair.key.value))
      const keyPath = path === '' ? key : `${path}.${key}`
      const first = entries.get(key)
      if (first !== undefined) {
        const places = `lines ${first.at.line} and ${this.#position(offset).line}`
        this.#add(offset, keyPath, 'DUPLICATE_KEY', `expected "${key}" once, found it twice, on ${places}; keep one of them`)
      }
      entries.set(key, { at: this.#position(offset), value: this.#node(pair.value, keyPath, document) })
    }
    return entries
  }

  #scalar(scalar: YamlScalar, offset: number, path: string): null | boolean | number | bigint | string {
    const { value } = scalar
    if (typeof value === 'number' || typeof value === 'bigint') {
      const source = scalar.source ?? String(value)
      const exact = /\d/.test(source) ? exactNumber(source) : undefined
      if (exact !== undefined) return exact
      const found = isSecretName(path) ? 'another' : source.slice(0, 24)
      this.#add(offset, path, 'NUMBER', `expected a number of at most 400 digits, found ${found}; write it out or as text`)
      return null
    }
    return typeof value === 'string' || typeof value === 'boolean' ? value : null
  }
}

function rangeStart(source: unknown): number {
  const range: unknown = typeof source === 'object' && source !== null && 'range' in source ? source.range : undefined
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0
}

/** The parser's own words, without quoting the file: what stands there may be a secret. */
function syntaxMessage(error: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] }, text: string): string {
  if (error.message.startsWith('Unresolved plain scalar')) {
    return 'expected text in double quotes, a number, true, false, null, a list or an object, found text without quotes'
  }
  const said = error.message.replace(/:? ?"[^"]*"$/, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
  return `expected valid YAML or JSON: ${said}, found ${foundAt(text, error.pos[0])}`
}

function foundAt(text: string, offset: number): string {
  const character = text[offset]
  if (character === undefined || text.slice(offset).trim() === '') return 'the end of the file'
  if (character === '\n' || character === '\r') return 'the end of the line'
  if (character === '\t') return 'a tab'
  return /[\w\s]/.test(character) ? 'text' : `\`${character}\``
}
