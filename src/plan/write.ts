/**
 * Which changes write, and in which order.
 * @module
 */
import type { Change, Write, WriteVerb } from '../line.ts'

/** In the order they are begun within a kind. */
export const writeVerbs = ['create', 'update'] as const satisfies readonly WriteVerb[]

/** Whether a verb writes. Pure. */
export function isWriteVerb(verb: Change['verb']): verb is WriteVerb {
  return verb === 'create' || verb === 'update'
}

/** Whether a change writes. Pure. */
export function isWrite(change: Change): change is Write {
  return isWriteVerb(change.verb)
}
