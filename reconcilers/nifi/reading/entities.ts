/**
 * What NiFi shows of process groups, controller services and parameter contexts, as far as anything here needs it.
 * @module
 */
/** What every write has to carry, of the very object it changes. */
export interface Revision {
  readonly version: number
  readonly clientId?: string
}

/** Something by its id and its name; the name is the id where we may not read it. */
export interface Reference {
  readonly id: string
  readonly name: string
}

/** Components in a group and below it; a processor that is disabled is in none but `disabled`. */
export interface Counts {
  readonly running: number
  readonly stopped: number
  readonly invalid: number
  readonly disabled: number
}

/** A process group as its parent lists it. */
export interface GroupEntity {
  readonly id: string
  /** The group it is in; absent where NiFi does not tell it. */
  readonly parentId?: string
  readonly revision: Revision
  /** Empty where we may not read it, and so are comments and everything that may be absent. */
  readonly name: string
  /** With the marker, as NiFi holds them. */
  readonly comments: string
  readonly canRead: boolean
  readonly canWrite: boolean
  readonly parameterContext?: Reference
  /** The flow under version control it was taken from, by its name or else its id. */
  readonly versioned?: string
  readonly counts: Counts
  /** FlowFiles in the queues of the group and of the groups inside it. */
  readonly queued: number
}

/** States of a controller service. */
export type ServiceState = 'ENABLED' | 'ENABLING' | 'DISABLED' | 'DISABLING'

/** How far a controller service is. */
export interface ServiceStatus {
  readonly id: string
  readonly name: string
  readonly state: ServiceState
  readonly validation: 'VALID' | 'INVALID' | 'VALIDATING'
  /** In NiFi's words. */
  readonly validationErrors: readonly string[]
}

/** A controller service, wherever it is. */
export interface ServiceEntity extends ServiceStatus {
  readonly revision: Revision
  /** The group it is defined in. */
  readonly groupId: string
  /** Where we may not read it, `name` and `type` are empty, and `apis` and `validationErrors` too. */
  readonly canRead: boolean
  /** The full name of its class. */
  readonly type: string
  /** Full names of the interfaces it offers. */
  readonly apis: readonly string[]
}

export interface ParameterEntity {
  /** Null when there is none; NiFi shows a mask in place of a sensitive one. */
  readonly value: string | null
  readonly sensitive: boolean
  readonly description: string
  /** The components that refer to it, as `gen in orders`; without the group where NiFi does not tell it. */
  readonly referencing: readonly string[]
}

export interface ContextEntity {
  readonly id: string
  readonly revision: Revision
  /** Empty where we may not read it, and so is everything below. */
  readonly name: string
  readonly canRead: boolean
  readonly canWrite: boolean
  readonly description: string
  /** Its own, not those it inherits. */
  readonly parameters: ReadonlyMap<string, ParameterEntity>
  /** In the order in which they count. */
  readonly inherits: readonly Reference[]
  readonly boundGroups: readonly Reference[]
  /** All components that refer to one of its own parameters, each once. */
  readonly referencing: readonly string[]
}

/** The groups inside one group. */
export interface GroupListing {
  /** The id of the group they are in, also where it was asked for as `root`. */
  readonly parentId: string
  /** The id of the uppermost group, of all that NiFi holds. */
  readonly rootId: string
  /** Whether groups may be made in it. */
  readonly mayCreate: boolean
  readonly groups: readonly GroupEntity[]
}
