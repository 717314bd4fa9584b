/**
 * The quick way to read what is plain JSON, as most configuration is: the YAML parser needs a tenth of a second and more
 * for a thousand items, at every change of the files. Anything else (comments, mistakes) is left to it.
 * @module
 */
import type { Position } from '../records.ts'
import type { Entry, Node, Scalar, ScalarNode } from './node.ts'
import { exactNumber } from './number.ts'

/** The object, exactly as the YAML parser would give it; undefined for what is no object in plain JSON, or must be refused. Pure. */
export function readPlainJson(file: string, text: string, mostLevels: number): Node | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  const reader = new PlainReader(file, text, mostLevels)
  const root = reader.value()
  return reader.isPlain && root.type === 'map' ? root : undefined
}

/**
 * One entry out of such an object, its key and value as `text`, which begins at `place`; undefined as above. Pure.
 */
export function readPlainEntry(
  file: string,
  text: string,
  place: Pick<Position, 'line' | 'column'>,
  mostLevels: number
): Entry | undefined {
  try {
    JSON.parse(`{${text}}`)
  } catch {
    return undefined
  }
  const reader = new PlainReader(file, text, mostLevels - 1, place)
  const entry = reader.entry().value
  return reader.isPlain ? entry : undefined
}

const literals = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['null', null]
])
const literal = /[^\s,\]}]+/y

/** Reads text that is known to be valid JSON. */
class PlainReader {
  /** Turns false at what the YAML parser would refuse. */
  isPlain = true
  readonly #file: string
  readonly #text: string
  readonly #mostLevels: number
  #at = 0
  #line: number
  #lineStart: number
  #level = 0

  /** The text begins at `place` of its file. */
  constructor(file: string, text: string, mostLevels: number, { line, column } = { line: 1, column: 1 }) {
    this.#file = file
    this.#text = text
    this.#mostLevels = mostLevels
    this.#line = line
    this.#lineStart = 1 - column
  }

  value(): Node {
    const start = this.#next()
    const at = this.#position()
    if (start === '"') return { type: 'scalar', at, value: this.#string() }
    if (start !== '{' && start !== '[') return { type: 'scalar', at, ...this.#literal() }
    if (this.#level === this.#mostLevels) {
      this.isPlain = false
      this.#at = this.#text.length
      return { type: 'scalar', at, value: null }
    }
    this.#level += 1
    this.#at += 1
    const node: Node =
      start === '{' ? { type: 'map', at, entries: this.#entries() } : { type: 'list', at, items: this.#items() }
    this.#level -= 1
    return node
  }

  entry(): { readonly key: string; readonly value: Entry } {
    const at = this.#position()
    const key = this.#string()
    this.#next()
    this.#at += 1
    return { key, value: { at, value: this.value() } }
  }

  #entries(): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>()
    while (this.#hasMore('}')) {
      const { key, value } = this.entry()
      this.isPlain &&= !entries.has(key)
      entries.set(key, value)
    }
    return entries
  }

  #items(): readonly Node[] {
    const items: Node[] = []
    while (this.#hasMore(']')) items.push(this.value())
    return items
  }

  /** Steps over a comma to the next entry, or over the end. */
  #hasMore(end: string): boolean {
    let next = this.#next()
    if (next === ',' || next === end) this.#at += 1
    if (next === ',') next = this.#next()
    return next !== end && next !== ''
  }

  #string(): string {
    const start = this.#at
    let isEscaped = false
    for (this.#at += 1; this.#text[this.#at] !== '"'; this.#at += 1) {
      if (this.#text[this.#at] !== '\\') continue
      isEscaped = true
      this.#at += 1
    }
    this.#at += 1
    if (!isEscaped) return this.#text.slice(start + 1, this.#at - 1)
    return String(JSON.parse(this.#text.slice(start, this.#at)))
  }

  #literal(): Pick<ScalarNode, 'value' | 'written'> {
    literal.lastIndex = this.#at
    const source = literal.exec(this.#text)?.[0] ?? ''
    this.#at += source.length
    const value = literals.get(source)
    if (value !== undefined) return { value }
    const number = exactNumber(source)
    this.isPlain &&= number !== undefined
    return { value: number ?? null, written: source }
  }

  /** The next character that is no white space, the empty text at the end. */
  #next(): string {
    for (;;) {
      const character = this.#text[this.#at] ?? ''
      if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return character
      this.#at += 1
      // A line may also end with a carriage return alone; nobody has written such files for decades.
      if (character === '\r') this.isPlain &&= this.#text[this.#at] === '\n'
      if (character !== '\n') continue
      this.#line += 1
      this.#lineStart = this.#at
    }
  }

  #position(): Position {
    return { file: this.#file, line: this.#line, column: this.#at - this.#lineStart + 1 }
  }
}
