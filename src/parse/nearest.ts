/**
 * "Did you mean": the known name closest to a mistyped one.
 * @module
 */
import leven from 'leven'

/** Names people write by mistake, with the name each of them means. */
export type UsualMistakes = Readonly<Record<string, string>>

/**
 * A hint to append to a message, `''` when nothing known is close enough to be meant. What people usually mean by a
 * name comes before the nearest name by letters.
 */
export function didYouMean(name: string, known: Iterable<string>, usual: UsualMistakes = {}): string {
  const meant = Object.hasOwn(usual, name) ? usual[name] : undefined
  if (meant !== undefined) return `; did you mean "${meant}"?`
  const most = Math.max(2, Math.floor(name.length / 3))
  let nearest: string | undefined
  let distance = most + 1
  for (const candidate of known) {
    const found = leven(name.toLowerCase(), candidate.toLowerCase(), { maxDistance: most + 1 })
    if (found < distance) [nearest, distance] = [candidate, found]
  }
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}
