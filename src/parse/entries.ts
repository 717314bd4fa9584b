/**
 * One file as its entries: what stands at its top, by name. An entry is read when it is asked for, from the bytes of the
 * file, which are all that is kept of it.
 * @module
 */
import { isUtf8 } from 'node:buffer'
import type { Position, Problem } from '../records.ts'
import { mostLevels, parseDocument, parseYaml } from './document.ts'
import type { EntryPlace, EntryTable, SplitFile } from './entry-table.ts'
import { readPlainEntry } from './json.ts'
import { nameOf, sameContent, type Entry, type MapNode } from './node.ts'
import { splitJson } from './split-json.ts'
import { splitYaml } from './split-yaml.ts'

/** Never changes. */
export interface Entries {
  readonly file: string
  readonly bytes: Uint8Array
  /** Where the object that holds the entries stands. */
  readonly at: Position
  /** In the order of the file. */
  readonly names: readonly string[]
  has(name: string): boolean
  /** Where the key stands; that of the file for a name that is not there. */
  placeOf(name: string): Position
  /** Undefined for a name that is not there. Throws `NotApart` where the file must be read as a whole. */
  read(name: string): Entry | undefined
  /** Whether an entry, which both have, is declared alike, wherever it stands. False also where only reading would tell. */
  saysTheSame(name: string, other: Entries): boolean
}

/** The entries of a file cannot be read one by one. */
export class NotApart extends Error {
  readonly file: string

  constructor(file: string) {
    super(`the entries of "${file}" cannot be read one by one`)
    this.file = file
  }
}

/** What a file holds, or why it cannot be read. */
export type ReadEntries =
  | { readonly entries: Entries; readonly problems?: never }
  | { readonly entries?: never; readonly problems: readonly Problem[] }

/**
 * The entries of a file. `before`, an earlier state of it, spares work and changes nothing. With `isWhole` the file is
 * read as a whole, which always can be done. Pure.
 */
export function entriesOf(file: string, bytes: Uint8Array, before?: Entries, isWhole = false): ReadEntries {
  if (before !== undefined && Buffer.compare(bytes, before.bytes) === 0) return { entries: before }
  const split = isWhole ? undefined : splitFile(file, bytes)
  const apart = split && PartedEntries.of(file, bytes, split, before)
  if (apart !== undefined) return { entries: apart }
  const { root, problems } = parseDocument(file, bytes)
  if (problems !== undefined) return { problems }
  if (root.type === 'map') return { entries: new WholeEntries(file, bytes, root) }
  const message = `expected an object at the top of the file, found ${nameOf(root)}`
  return { problems: [{ severity: 'error', ...root.at, path: '', code: 'TYPE', message }] }
}

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf)

function splitFile(file: string, bytes: Uint8Array): SplitFile | undefined {
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined
  const start = Buffer.compare(bytes.subarray(0, 3), byteOrderMark) === 0 ? 3 : 0
  return file.endsWith('.json') ? splitJson(bytes, start) : splitYaml(bytes, start)
}

/** Entries that are read one by one. */
class PartedEntries implements Entries {
  readonly file: string
  readonly bytes: Uint8Array
  readonly at: Position
  readonly names: readonly string[]
  readonly #table: EntryTable
  readonly #indexes: ReadonlyMap<string, number>

  private constructor(file: string, bytes: Uint8Array, { root, table }: SplitFile, indexes: Map<string, number>) {
    this.file = file
    this.bytes = bytes
    this.at = { file, ...root }
    this.names = [...indexes.keys()]
    this.#table = table
    this.#indexes = indexes
  }

  /** Undefined where a name is not sure or stands there twice. Names of entries that `before` has are the same texts. */
  static of(file: string, bytes: Uint8Array, split: SplitFile, before?: Entries): PartedEntries | undefined {
    const known = before instanceof PartedEntries ? before : undefined
    const indexes = new Map<string, number>()
    // Which of the entries before is likely to be the next one here.
    let expected = 0
    for (let index = 0; index < split.table.size; index += 1) {
      const place = split.table.at(index)
      const isKept = known?.holds(expected, bytes, place) === true
      const name = isKept ? known.names[expected] : split.nameAt(place.from)
      if (name === undefined) return undefined
      if (!isKept) expected = known?.indexOf(name) ?? expected - 1
      expected += 1
      indexes.set(name, index)
    }
    return indexes.size === split.table.size ? new PartedEntries(file, bytes, split, indexes) : undefined
  }

  has(name: string): boolean {
    return this.#indexes.has(name)
  }

  placeOf(name: string): Position {
    const index = this.#indexes.get(name)
    if (index === undefined) return this.at
    const { line, column } = this.#table.at(index)
    return { file: this.file, line, column }
  }

  read(name: string): Entry | undefined {
    const index = this.#indexes.get(name)
    if (index === undefined) return undefined
    const place = this.#table.at(index)
    const entry = parseEntry(this.file, this.bytes.subarray(place.from, place.to), name, place)
    if (entry === undefined) throw new NotApart(this.file)
    return entry
  }

  saysTheSame(name: string, other: Entries): boolean {
    if (other === this) return true
    if (!(other instanceof PartedEntries) || other.file !== this.file) return false
    const [index, otherIndex] = [this.indexOf(name), other.indexOf(name)]
    return index !== undefined && otherIndex !== undefined && other.holds(otherIndex, this.bytes, this.#table.at(index))
  }

  indexOf(name: string): number | undefined {
    return this.#indexes.get(name)
  }

  /** Whether an entry is these bytes. */
  holds(index: number, bytes: Uint8Array, { from, to }: EntryPlace): boolean {
    if (index >= this.#table.size) return false
    const own = this.#table.at(index)
    if (own.to - own.from !== to - from) return false
    for (let [at, ownAt] = [from, own.from]; at < to; at += 1, ownAt += 1)
      if (bytes[at] !== this.bytes[ownAt]) return false
    return true
  }
}

/** Entries of a file that was read as a whole. */
class WholeEntries implements Entries {
  readonly file: string
  readonly bytes: Uint8Array
  readonly names: readonly string[]
  readonly #root: MapNode

  constructor(file: string, bytes: Uint8Array, root: MapNode) {
    this.file = file
    this.bytes = bytes
    this.names = [...root.entries.keys()]
    this.#root = root
  }

  get at(): Position {
    return this.#root.at
  }

  has(name: string): boolean {
    return this.#root.entries.has(name)
  }

  placeOf(name: string): Position {
    return this.read(name)?.at ?? this.at
  }

  read(name: string): Entry | undefined {
    return this.#root.entries.get(name)
  }

  saysTheSame(name: string, other: Entries): boolean {
    const [own, others] = [this.read(name), other instanceof WholeEntries ? other.read(name) : undefined]
    return own !== undefined && others !== undefined && other.file === this.file && sameContent(own.value, others.value)
  }
}

/** One entry out of its file, which begins at `place`; undefined where it cannot be read by itself. */
function parseEntry(file: string, bytes: Uint8Array, name: string, place: EntryPlace): Entry | undefined {
  if (file.endsWith('.json')) return readPlainEntry(file, Buffer.from(bytes).toString(), place, mostLevels)
  const { root } = parseYaml(file, Buffer.from(bytes).toString(), place.line)
  return root?.type === 'map' && root.entries.size === 1 ? root.entries.get(name) : undefined
}
