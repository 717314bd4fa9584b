/**
 * The one place where keys are made.
 * @module
 */
import type { Key } from './contract.ts'

/** `<service>/<kind>/<name as written>`. */
export function keyOf(service: string, kind: string, name: string): Key {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where the brand is given
  return `${service}/${kind}/${name}` as Key
}
