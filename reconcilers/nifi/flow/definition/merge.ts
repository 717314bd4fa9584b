/**
 * The group that is sent to change a live one.
 * @module
 */
import type { Words } from '../identity/words.ts'
import type { Group } from './model.ts'
import { walkGroups } from './walk.ts'

/**
 * The live group overlaid with the differences whose path is allowed; what is not stays as it is live. NiFi restarts a
 * component for any field that is missing or moved, even at its default, so all that does not differ is sent as it was
 * read, instance identifiers and positions included. So is what a replacement leaves as it is. The top group keeps its name,
 * comments and bound context: the caller replaces what is to change. Pure.
 */
export function mergeGroups(desired: Group, live: Group, allows: (path: string) => boolean, words: Words): Group {
  return walkGroups(desired, live, words, ({ path, apart }) => apart === undefined && allows(path))
}
