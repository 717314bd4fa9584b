/**
 * Where writes through an alias go. A change that leaves an alias without the write index it had makes every writer
 * fail with 400, so it is made as a whole, as its author declared it, or not at all.
 * @module
 */
import type { Body } from '../body.ts'

/** Index or data stream → its canonical member. */
export type Members = ReadonlyMap<string, Body>

const none: ReadonlySet<string> = new Set()

/**
 * The index that takes what is written through the alias: the one that says so, or the only one unless it says that it
 * is not (IndexAbstraction.Alias). A data stream takes it only when it says so (measured on 8.19 and 9.4). Pure.
 */
export function writeIndexOf(members: Members, streams: ReadonlySet<string> = none): string | undefined {
  const [said] = writersOf(members)
  if (said !== undefined) return said
  const [[only, member] = [], ...more] = [...members]
  return only === undefined || more.length > 0 || member?.['is_write_index'] === false || streams.has(only)
    ? undefined
    : only
}

/**
 * The write index an alias has before a change and nothing in its place afterwards; undefined when it keeps one. Pure.
 */
export function lostWriteIndex(before: Members, after: Members, streams?: ReadonlySet<string>): string | undefined {
  return writeIndexOf(after, streams) === undefined ? writeIndexOf(before, streams) : undefined
}

/** The members that say that they are the write index; the server takes one. Pure. */
export function writersOf(members: Members): readonly string[] {
  return [...members].flatMap(([index, member]) => (member['is_write_index'] === true ? [index] : []))
}
