/**
 * Finds things by name that are asked for in nearly the order in which they stand: then without an index of all of them.
 * @module
 */

/** Lists of things with names; a name stands once in all of them. */
export class InOrder<T extends { readonly name: string }> {
  readonly #lists: readonly { readonly items: readonly T[]; next: number }[]
  #byName: ReadonlyMap<string, T> | undefined

  constructor(...lists: readonly (readonly T[])[]) {
    this.#lists = lists.map((items) => ({ items, next: 0 }))
  }

  /** What has this name; undefined when nothing has. */
  find(name: string): T | undefined {
    for (const list of this.#lists) {
      const item = list.items[list.next]
      if (item?.name !== name) continue
      list.next += 1
      return item
    }
    this.#byName ??= new Map(this.#lists.flatMap(({ items }) => items.map((item) => [item.name, item])))
    return this.#byName.get(name)
  }
}
