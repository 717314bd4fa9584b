/**
 * Which parameter context needs which: parents come first, and nobody is their own ancestor.
 * @module
 */

/** Name → names it inherits from. */
export type Parents = ReadonlyMap<string, readonly string[]>

/** The names, every one after those of them it inherits from, in their own order otherwise. A cycle is let pass. Pure. */
export function parentsFirst(names: readonly string[], parents: Parents): readonly string[] {
  const wanted = new Set(names)
  const ordered = new Set<string>()
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const parent of parents.get(name) ?? []) visit(parent)
    if (wanted.has(name)) ordered.add(name)
  }
  for (const name of names) visit(name)
  return [...ordered]
}

/** A way from a name over those it inherits from back to itself, both ends included; undefined when there is none. Pure. */
export function cycleThrough(name: string, parents: Parents): readonly string[] | undefined {
  const seen = new Set<string>()
  const follow = (way: readonly string[]): readonly string[] | undefined => {
    for (const parent of parents.get(way.at(-1) ?? '') ?? []) {
      if (parent === name) return [...way, name]
      if (seen.has(parent)) continue
      seen.add(parent)
      const found = follow([...way, parent])
      if (found !== undefined) return found
    }
    return undefined
  }
  return follow([name])
}
