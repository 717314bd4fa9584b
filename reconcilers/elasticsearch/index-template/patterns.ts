/**
 * Whether patterns of index names can match one name (Regex.simpleMatchToAutomaton and the intersection of automata).
 * @module
 */

/** Whether there is a name that both patterns match; `*` stands for any text, the empty one included. */
export function patternsOverlap(first: string, second: string): boolean {
  const [a, b] = [Array.from(first), Array.from(second)]
  // reached[j]: what is read of `a` so far and the first j characters of `b` can match one text.
  let reached = [true, ...b.map((_, index) => b.slice(0, index + 1).every((character) => character === '*'))]
  for (const character of a) {
    const next = [character === '*' && reached[0] === true]
    for (const [index, other] of b.entries()) {
      const [before, above, beside] = [reached[index] === true, reached[index + 1] === true, next[index] === true]
      next.push(character === '*' || other === '*' ? above || beside : before && character === other)
    }
    reached = next
  }
  return reached[b.length] === true
}

/** The first two patterns, one of each list, that can match one name. */
export function overlapOf(left: readonly string[], right: readonly string[]): readonly [string, string] | undefined {
  for (const a of left) {
    const b = right.find((candidate) => patternsOverlap(a, candidate))
    if (b !== undefined) return [a, b]
  }
  return undefined
}
