/**
 * The files of the mount as a kind sees them that completes items with them, and what it has looked at.
 * @module
 */
import { hash } from 'node:crypto'
import { digestOf } from '../read/snapshot.ts'

/** File name → digest of its content, `''` for a file that is not there. Under `allFiles` stands that of all of them. */
export type Looked = ReadonlyMap<string, string>

/** No file has an empty name. */
const allFiles = ''

/** The files of one reading; every look at them is noted. */
export class NotedFiles implements ReadonlyMap<string, Uint8Array> {
  readonly #files: ReadonlyMap<string, Uint8Array>
  readonly #digests = new Map<string, string>()
  #looked = new Map<string, string>()

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files
  }

  /** What was looked at since this was asked last; undefined for nothing. */
  take(): Looked | undefined {
    if (this.#looked.size === 0) return undefined
    const looked = this.#looked
    this.#looked = new Map()
    return looked
  }

  /** Whether who looked at those of another reading would see the same here. */
  areSame(looked: Looked): boolean {
    for (const [name, digest] of looked) if (this.#digestOf(name) !== digest) return false
    return true
  }

  get(name: string): Uint8Array | undefined {
    this.#note(name)
    return this.#files.get(name)
  }

  has(name: string): boolean {
    this.#note(name)
    return this.#files.has(name)
  }

  get size(): number {
    return this.#all().size
  }

  keys(): MapIterator<string> {
    return this.#all().keys()
  }

  values(): MapIterator<Uint8Array> {
    return this.#all().values()
  }

  entries(): MapIterator<[string, Uint8Array]> {
    return this.#all().entries()
  }

  forEach(each: (bytes: Uint8Array, name: string, files: ReadonlyMap<string, Uint8Array>) => void): void {
    for (const [name, bytes] of this.#all()) each(bytes, name, this)
  }

  [Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    return this.entries()
  }

  #all(): ReadonlyMap<string, Uint8Array> {
    this.#note(allFiles)
    return this.#files
  }

  #note(name: string): void {
    this.#looked.set(name, this.#digestOf(name))
  }

  #digestOf(name: string): string {
    let digest = this.#digests.get(name)
    if (digest === undefined) {
      const bytes = this.#files.get(name)
      digest = name === allFiles ? digestOf(this.#files) : bytes === undefined ? '' : hash('sha256', bytes)
      this.#digests.set(name, digest)
    }
    return digest
  }
}
