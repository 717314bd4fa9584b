/**
 * Finds the entries of a JSON object without reading them, in one walk over its bytes.
 * @module
 */
import { EntryTable, type SplitFile } from './entry-table.ts'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const tab = 0x09
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * The entries of UTF-8 bytes that are one JSON object. Each runs from its key to the end of its value, and the file is
 * valid JSON when each of them in braces is. Undefined: it is no such object, or must be read as a whole. Pure.
 */
export function splitJson(bytes: Uint8Array, start: number): SplitFile | undefined {
  const walk = new Walk(bytes, start)
  if (walk.next() !== openBrace) return undefined
  const root = walk.place()
  const table = new EntryTable()
  let separator: number | undefined
  do {
    walk.at += 1
    const key = walk.next()
    if (key === closeBrace && table.size === 0) break
    if (key !== quote) return undefined
    const from = walk.at
    const place = walk.place()
    separator = walk.toSeparator()
    table.add({ from, to: walk.lastEnd, ...place })
  } while (separator === comma)
  if (bytes[walk.at] !== closeBrace) return undefined
  walk.at += 1
  if (walk.next() !== undefined || !walk.isPlain) return undefined
  table.trim()
  return { root, table, nameAt: (from) => nameAt(bytes, from) }
}

/** Of a key without escapes; with some the file is read as a whole. */
function nameAt(bytes: Uint8Array, from: number): string | undefined {
  const to = bytes.indexOf(quote, from + 1)
  const key = bytes.subarray(from + 1, to)
  return key.includes(backslash) ? undefined : Buffer.from(key.buffer, key.byteOffset, key.length).toString()
}

/** Counts lines, and columns in the units of a JavaScript text. */
class Walk {
  at: number
  /** Behind the last byte that was no white space. */
  lastEnd = 0
  /** Turns false at a line that ends with a carriage return alone. */
  isPlain = true
  readonly #bytes: Uint8Array
  #line = 1
  /** Where column 1 would be if every byte before `at` on its line were one unit. */
  #lineStart: number

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes
    this.at = start
    this.#lineStart = start
  }

  place(): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: this.at - this.#lineStart + 1 }
  }

  /** Steps over white space; the byte behind it, undefined at the end. */
  next(): number | undefined {
    for (; this.at < this.#bytes.length; this.at += 1) {
      const byte = this.#bytes[this.at]
      if (byte !== space && byte !== tab && byte !== newline && byte !== carriageReturn) return byte
      this.#noteWhite(byte)
    }
    return undefined
  }

  /** Goes on to the comma or bracket that ends the entry, and gives it; undefined at the end of the file. */
  toSeparator(): number | undefined {
    let depth = 0
    for (; this.at < this.#bytes.length; this.at += 1) {
      const byte = this.#bytes[this.at]
      if (byte === quote) this.#toClosingQuote()
      else if (byte === space || byte === tab || byte === newline || byte === carriageReturn) {
        this.#noteWhite(byte)
        continue
      } else if (byte === openBrace || byte === openBracket) depth += 1
      else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 0) return byte
        depth -= 1
      } else if (byte === comma && depth === 0) return byte
      this.lastEnd = this.at + 1
    }
    return undefined
  }

  /** From an opening quote. */
  #toClosingQuote(): void {
    const bytes = this.#bytes
    let at = this.at + 1
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === quote) break
      if (byte === backslash) at += 1
      else if (byte >= 0x80) this.#lineStart += surplus(byte)
    }
    this.at = at
  }

  #noteWhite(byte: number): void {
    if (byte === carriageReturn) this.isPlain &&= this.#bytes[this.at + 1] === newline
    if (byte !== newline) return
    this.#line += 1
    this.#lineStart = this.at + 1
  }
}

/** How many units less than bytes: a character of two or three bytes is one unit, one of four bytes two. */
function surplus(byte: number): number {
  if (byte < 0xc0) return 1
  return byte < 0xf0 ? 0 : -1
}
