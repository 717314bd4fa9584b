/**
 * Values whose order says nothing: services list what is a set to them in whatever order they like.
 * @module
 */

/** A copy in which lists, maps and sets are in one fixed order at every depth, for comparisons. Pure. */
export function unordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return unordered([...value])
  if (value instanceof Set || Array.isArray(value)) return [...value].map(unordered).toSorted(byText)
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]): [string, unknown] => [key, unordered(entry)])
      .toSorted(byText)
  )
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map((each) => JSON.stringify(each, textOfBigInt) ?? '')
  return (left ?? '') < (right ?? '') ? -1 : 1
}

function textOfBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
