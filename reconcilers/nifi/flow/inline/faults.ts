/**
 * What is wrong with a flow written by hand beyond the shape of its fields.
 * @module
 */
import type { InlineGroup } from './spec.ts'

/** What was expected, at a place of the declaration. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Everything that keeps a group from being compiled, or NiFi from taking it as it stands. Pure. */
export function inlineFaults(group: InlineGroup): readonly Fault[] {
  return Object.entries(group.groups ?? {}).flatMap(([key, inner]) => inlineFaults(inner).map(({ path, message }) => ({ path: ['groups', key, ...path], message })))
}
