/**
 * What differs between a declared group and a live one.
 * @module
 */
import type { Words } from '../identity/words.ts'
import type { Group } from './model.ts'
import type { Difference } from './overlay.ts'
import { walkGroups } from './walk.ts'

export type { Difference } from './overlay.ts'

/**
 * Differences that mean something, each under a path of its own in the author's words; empty when applying the
 * declared group would change nothing. Components are matched by identifier. Of the top group, name, comments and bound
 * context are not looked at; positions, bundle versions and other looks nowhere. Every risk is `safe`. Pure.
 */
export function compareGroups(desired: Group, live: Group, words: Words): readonly Difference[] {
  const differences: Difference[] = []
  walkGroups(desired, live, words, (difference) => differences.push(difference) > 0)
  return differences
}
