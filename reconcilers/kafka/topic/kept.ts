/**
 * What of an answer is kept: of the forty keys of a topic only those that are compared or decide about them.
 * @module
 */
import type { ConfigEntry } from '../admin.ts'
import type { Entries } from '../config/effect.ts'
import { topicKeys, topicScope } from '../config/keys/index.ts'
import { companionsOf } from '../config/risk.ts'
import type { TopicSpec } from './state.ts'

const nothing: Entries = new Map()

/**
 * A function that picks from the entries of one topic: declared keys, keys the topic itself carries, and those that
 * decide with them. Made for one reading, in which many topics carry the same keys.
 */
export function keptEntries(): (entries: readonly ConfigEntry[], spec: TopicSpec | undefined) => Entries {
  const known = new Map<string, readonly string[]>()
  const companions = (key: string): readonly string[] => {
    const found = known.get(key) ?? companionsOf(key, topicScope)
    if (topicKeys.has(key)) known.set(key, found)
    return found
  }
  return (entries, spec) => {
    if (entries.length === 0) return nothing
    const own = entries.flatMap(({ name, source }) => (source === 'topic' ? [name] : []))
    const compared = new Set([...Object.keys(spec?.config ?? {}), ...own])
    const kept = new Set([...compared, topicScope.cleanup, ...[...compared].flatMap(companions)])
    return new Map(entries.filter(({ name }) => kept.has(name)).map((entry) => [entry.name, entry]))
  }
}
