/**
 * The files of one kind, laid over each other: what is declared under each name, wherever it stands.
 * @module
 */
import type { Position, Problem } from '../records.ts'
import { entriesOf, type Entries } from './entries.ts'
import type { FileSet } from './files.ts'
import { overlay, type Entry, type MapNode } from './node.ts'

/** Never changes; keeps the bytes of the files and no document. */
export class Layers {
  /** Those that can be read, the lowest first. */
  readonly #files: readonly Entries[]
  /** Names that stand in two base files, with the second place. */
  readonly twice: ReadonlyMap<string, Problem>
  /** Of files that cannot be read. */
  readonly problems: readonly Problem[]
  readonly #at: Position

  private constructor(files: readonly Entries[], set: FileSet, problems: readonly Problem[]) {
    this.#files = files
    this.problems = problems
    this.#at = files[0]?.at ?? { file: set.bases[0] ?? '', line: 1, column: 1 }
    this.twice = namesTwice(files.filter(({ file }) => set.bases.includes(file)))
  }

  /**
   * Reads the files of a set. `before`, an earlier state of them, spares work and changes nothing; the files named in
   * `whole` are read as a whole. Pure.
   */
  static of(
    set: FileSet,
    files: ReadonlyMap<string, Uint8Array>,
    before: Layers | undefined,
    whole: ReadonlySet<string>
  ): Layers {
    const known = new Map((before === undefined ? [] : before.#files).map((entries) => [entries.file, entries]))
    const read = [...set.bases, ...set.layers].map((name) =>
      entriesOf(name, files.get(name) ?? new Uint8Array(), known.get(name), whole.has(name))
    )
    const entries = read.flatMap((file) => (file.entries === undefined ? [] : [file.entries]))
    return new Layers(
      entries,
      set,
      read.flatMap((file) => file.problems ?? [])
    )
  }

  /** Where what they declare begins. */
  get at(): Position {
    return this.#at
  }

  /** Every name once, in the order of the files. */
  names(): Iterable<string> {
    const [only, ...more] = this.#files
    return more.length === 0 ? (only?.names ?? []) : new Set(this.#files.flatMap(({ names }) => names))
  }

  /** Where the uppermost file declares it. */
  placeOf(name: string): Position {
    return this.#files.findLast((file) => file.has(name))?.placeOf(name) ?? this.#at
  }

  /** What all of them make of a name. Undefined where none has it. Throws `NotApart`. */
  read(name: string): Entry | undefined {
    return this.#files.reduce<Entry | undefined>((below, file) => {
      const entry = file.read(name)
      if (below === undefined || entry === undefined) return entry ?? below
      return { at: entry.at, value: overlay(below.value, entry.value) }
    }, undefined)
  }

  /** Everything in one document. Throws `NotApart`. */
  readAll(): MapNode {
    const entries = new Map<string, Entry>()
    for (const name of this.names()) {
      const entry = this.read(name)
      if (entry !== undefined) entries.set(name, entry)
    }
    return { type: 'map', at: this.#at, entries }
  }

  /** Whether the files are the same, byte for byte. False also where only reading would tell. */
  isSame(other: Layers): boolean {
    return this.#isBeside(other) && this.#files.every((file, index) => file === other.#files[index])
  }

  /** Whether a name is declared alike by files of the same names, wherever in them. False also where only reading would tell. */
  saysTheSame(name: string, other: Layers): boolean {
    if (!this.#isBeside(other) || this.twice.has(name) || other.twice.has(name)) return false
    return this.#files.every((file, index) => {
      const before = other.#files[index]
      return before !== undefined && file.has(name)
        ? before.has(name) && file.saysTheSame(name, before)
        : before?.has(name) === false
    })
  }

  /** Whether every declaration of a name stands where it stood in files of the same names. */
  standsWhere(name: string, other: Layers): boolean {
    return (
      this.#isBeside(other) &&
      this.#files.every((file, index) => {
        const before = other.#files[index]
        return before !== undefined && isSamePlace(file.placeOf(name), before.placeOf(name))
      })
    )
  }

  #isBeside(other: Layers): boolean {
    return (
      this.#files.length === other.#files.length &&
      this.#files.every(({ file }, index) => file === other.#files[index]?.file)
    )
  }
}

/** Whether two places are one. Pure. */
export function isSamePlace(a: Position, b: Position): boolean {
  return a.line === b.line && a.column === b.column && a.file === b.file
}

function namesTwice(bases: readonly Entries[]): ReadonlyMap<string, Problem> {
  const twice = new Map<string, Problem>()
  for (const [index, base] of bases.entries()) {
    if (index === 0) continue
    for (const name of base.names) {
      const other = bases.slice(0, index).findLast((below) => below.has(name))
      if (other === undefined) continue
      const [first, second] = [other.placeOf(name), base.placeOf(name)]
      const message = `expected "${name}" in one base file, found it in ${first.file}:${first.line} and ${second.file}:${second.line}; keep one of them`
      twice.set(name, { severity: 'error', ...second, path: name, code: 'DUPLICATE_ITEM', message })
    }
  }
  return twice
}
