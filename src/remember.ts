/**
 * Answers of pure functions about objects that never change.
 * @module
 */

/**
 * The same function, which works once for each object: what is declared is the same object cycle after cycle, what was
 * read of a service at least for the length of a cycle. Answers go when their objects go.
 */
export function remember<K extends object, V>(work: (about: K) => V): (about: K) => V {
  const answers = new WeakMap<K, { readonly answer: V }>()
  return (about) => {
    const known = answers.get(about) ?? { answer: work(about) }
    answers.set(about, known)
    return known.answer
  }
}
