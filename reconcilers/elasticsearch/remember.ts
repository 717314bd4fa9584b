/**
 * Answers of pure functions about objects that never change.
 * @module
 */

/**
 * The same function, which works once for each object: what is declared, and what was read of a cluster that has not
 * changed, are the same objects cycle after cycle. Answers go when their objects go.
 */
export function remember<K extends object, V>(work: (about: K) => V): (about: K) => V {
  const answers = new WeakMap<K, { readonly answer: V }>()
  return (about) => {
    const known = answers.get(about) ?? { answer: work(about) }
    answers.set(about, known)
    return known.answer
  }
}
