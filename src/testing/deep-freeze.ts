/**
 * Makes a value refuseWrite to be changed, so that a function that claims to be pure can be taken at its word.
 * @module
 */

const writers = ['set', 'add', 'delete', 'clear'] as const

/**
 * Freezes objects, lists, maps and sets all the way down, in place, and returns the value. Instances of other classes
 * and bytes, which cannot be frozen, are left as they are.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || !isData(value)) return value
  if (value instanceof Map || value instanceof Set) {
    for (const writer of writers)
      if (writer in value) Object.defineProperty(value, writer, { value: () => refuseWrite(writer) })
    for (const [key, entry] of value.entries()) {
      deepFreeze(key)
      deepFreeze(entry)
    }
  }
  for (const entry of Object.values(value)) deepFreeze(entry)
  Object.freeze(value)
  return value
}

function isData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    Array.isArray(value) ||
    value instanceof Map ||
    value instanceof Set ||
    prototype === null ||
    prototype === Object.prototype
  )
}

function refuseWrite(writer: string): never {
  throw new TypeError(`cannot ${writer}: what is compared must not be changed`)
}
