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

/** The name of its family for each name: those are of one family that inherit from each other or from a common one. Pure. */
export function familiesOf(parents: readonly Parents[]): ReadonlyMap<string, string> {
  const related = new Map<string, Set<string>>()
  const relate = (name: string, other: string): void =>
    void related.set(name, (related.get(name) ?? new Set()).add(other))
  for (const [name, others] of parents.flatMap((each) => [...each])) {
    for (const other of [name, ...others]) {
      relate(name, other)
      relate(other, name)
    }
  }
  const families = new Map<string, string>()
  for (const first of related.keys()) {
    if (families.has(first)) continue
    const waiting = [first]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (families.has(next)) continue
      families.set(next, first)
      waiting.push(...(related.get(next) ?? []))
    }
  }
  return families
}
