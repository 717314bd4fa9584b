/**
 * What the rules about flows must know beside the flows themselves.
 * @module
 */
import type { ComponentTypes } from './catalogue/types.ts'
import type { Group } from './definition/model.ts'
import type { Sensitive } from './secrets/sensitive-properties.ts'

/** What a NiFi can make. */
export interface Offers {
  readonly types: ComponentTypes
  /** Properties it keeps secret. */
  readonly sensitive: Sensitive
}

/** A parameter context, as much of it as tells which parameters it gives. */
export interface KnownContext {
  /** Names of its own parameters. */
  readonly parameters: ReadonlySet<string>
  /** Names of the contexts it inherits from. */
  readonly inherits: readonly string[]
  /** Of a live one: its id, and whether it may be modified. */
  readonly id?: string
  readonly canWrite?: boolean
}

/** A controller service of the parent group or of one above it. */
export interface OfferedService {
  readonly id: string
  readonly name: string
  /** Full names of the interfaces it offers. */
  readonly apis: readonly string[]
}

export interface FlowFacts {
  /** Id of the group the flows are in, and whether others may be made there. */
  readonly parentId: string
  readonly mayCreate: boolean
  /** Absent where no definition is to be written. */
  readonly offers?: Offers
  /** Live parameter contexts that may be read, by name. */
  readonly contexts: ReadonlyMap<string, KnownContext>
  readonly offered: readonly OfferedService[]
  /** Of the flows beside, as last read: they tell what properties of their types are called. */
  readonly definitions: readonly Group[]
  /** Groups that are called as a flow and are not it, by that flow. */
  readonly beside: ReadonlyMap<string, readonly { readonly id: string; readonly name: string }[]>
}
