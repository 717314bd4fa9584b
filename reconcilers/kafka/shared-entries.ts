/**
 * Topics mostly carry the same keys with the same values: equal entries of an answer are kept once.
 * @module
 */
import type { ConfigEntry } from './admin.ts'

/** What an entry without a chain of inheritance has. */
export const noSynonyms: ConfigEntry['synonyms'] = []

/** A function that gives the first of equal entries in the place of each. Made for one answer, and forgotten with it. */
export function sharedEntries(): (entry: ConfigEntry) => ConfigEntry {
  const known = new Map<string, Map<string | null, ConfigEntry>>()
  return (entry) => {
    const { name, value } = entry
    const byValue = known.get(name) ?? new Map<string | null, ConfigEntry>()
    known.set(name, byValue)
    const first = byValue.get(value)
    if (first === undefined) byValue.set(value, entry)
    return first !== undefined && isSame(first, entry) ? first : entry
  }
}

function isSame(one: ConfigEntry, other: ConfigEntry): boolean {
  return (
    one.source === other.source &&
    one.sensitive === other.sensitive &&
    one.readOnly === other.readOnly &&
    one.type === other.type &&
    one.synonyms === noSynonyms &&
    other.synonyms === noSynonyms
  )
}
