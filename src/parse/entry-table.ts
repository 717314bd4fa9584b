/**
 * Where the entries at the top of a file stand, without what they hold: ten thousand of them take little more than their
 * names.
 * @module
 */

/** One entry: its bytes, `to` not included, and where its key stands; `line` and `column` count from 1. */
export interface EntryPlace {
  readonly from: number
  readonly to: number
  readonly line: number
  readonly column: number
}

const numbersPerEntry = 4

/** Grows while a file is split, and is only read from then on. */
export class EntryTable {
  #numbers = new Uint32Array(64 * numbersPerEntry)
  #size = 0

  get size(): number {
    return this.#size
  }

  add({ from, to, line, column }: EntryPlace): void {
    const at = this.#size * numbersPerEntry
    if (at === this.#numbers.length) {
      const larger = new Uint32Array(at * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[at] = from
    this.#numbers[at + 1] = to
    this.#numbers[at + 2] = line
    this.#numbers[at + 3] = column
    this.#size += 1
  }

  /** Of an entry that is there. */
  at(index: number): EntryPlace {
    const at = index * numbersPerEntry
    const [from = 0, to = 0, line = 1, column = 1] = [
      this.#numbers[at],
      this.#numbers[at + 1],
      this.#numbers[at + 2],
      this.#numbers[at + 3]
    ]
    return { from, to, line, column }
  }

  /** Gives back what was reserved for more entries. */
  trim(): void {
    this.#numbers = this.#numbers.slice(0, this.#size * numbersPerEntry)
  }
}

/** A file whose entries can be told apart without reading them. */
export interface SplitFile {
  /** Where the object stands that holds them. */
  readonly root: { readonly line: number; readonly column: number }
  readonly table: EntryTable
  /** How the name of an entry that begins there is written. Undefined: the file has to be read as a whole. */
  nameAt(from: number): string | undefined
}
