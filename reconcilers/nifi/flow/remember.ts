/**
 * Answers of pure functions about objects that never change.
 * @module
 */
import { digestOf } from './definition/canonical.ts'
import type { Group } from './definition/model.ts'

/**
 * The same function, which works once for each object: what is declared is the same object cycle after cycle, what was
 * read one for the length of a cycle. Answers go when their objects go.
 */
export function remember<K extends object, V>(work: (about: K) => V): (about: K) => V {
  const answers = new WeakMap<K, { readonly answer: V }>()
  return (about) => {
    const known = answers.get(about) ?? { answer: work(about) }
    answers.set(about, known)
    return known.answer
  }
}

/** `digestOf`, once for each group. */
export const rememberedDigest: (group: Group) => string = remember(digestOf)
