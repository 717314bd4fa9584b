/**
 * What the rules of a kind need to know of the server beside its items.
 * @module
 */
import type { Desired, Remark } from '../../src/plugin.ts'

/** Facts about one kind on the server that was looked at. */
export interface Facts {
  /** Why the server cannot hold this kind at all; every declared item then waits. */
  readonly unsupported?: string
  /**
   * Names of what is there, by kind. A kind that was not read is absent. In a pass over keys only those that the items of
   * the pass name and nobody declares.
   */
  readonly live?: ReadonlyMap<string, ReadonlySet<string>>
  /** The server refuses our marker in items of this kind. */
  readonly takesNoMarker?: true
}

/** A hold for every declared item of a kind the server cannot hold. */
export function unsupportedRemarks(desired: readonly Desired<unknown>[], facts: Facts | undefined): readonly Remark[] {
  const message = facts?.unsupported
  return message === undefined
    ? []
    : desired.map(({ name }) => ({ name, verdict: 'hold', code: 'UNSUPPORTED', path: [], message }))
}
