/**
 * A live process group, and what else must be known to judge it.
 * @module
 */
import type { Counts, ServiceStatus } from '../reading/entities.ts'
import type { Group } from './definition/model.ts'
import type { OfferedService } from './facts.ts'
import type { Marker } from './identity/marker.ts'
import type { Queued } from './queues/queued.ts'

/** A part NiFi cannot run. */
export interface Invalid {
  readonly name: string
  /** In NiFi's words. */
  readonly errors: readonly string[]
}

/** A port of another NiFi that FlowFiles go to or come from. */
export interface RemotePort {
  readonly name: string
  readonly isTransmitting: boolean
}

export interface FlowState {
  /** Of the live group. */
  readonly id: string
  readonly name: string
  /** What people wrote above the marker. */
  readonly comments: string
  /** Absent: nobody has marked the group as a flow of ours. */
  readonly marker?: Marker
  /** Other groups with the same marker, or of the same name where there is no marker. */
  readonly twins: readonly { readonly id: string; readonly name: string }[]
  /** The flow under version control it was taken from; such a group is not ours to replace. */
  readonly versioned?: string
  readonly counts: Counts
  readonly queued: number
  /** Whether we may change it; starting and stopping may be allowed without. */
  readonly canModify: boolean
  /** Queues with data whose connections the declared definition no longer has; absent: none, or it was not looked for. */
  readonly doomed?: readonly Queued[]
  /** What is wrong with parts of it, by what people call them; absent where it was not looked for. */
  readonly invalid?: readonly Invalid[]
  /** Ports of remote process groups that something is connected to; absent: there are none, or they were not read. */
  readonly remotePorts?: readonly RemotePort[]
  /** Name of the context that is bound to the group. */
  readonly parameterContext?: string
  /** The group as the download of its parent shows it; absent where it was not read. `instanceIdentifier` is the live id. */
  readonly definition?: Group
  /** In the group and below it. */
  readonly services: readonly ServiceStatus[]
  /** Services of the groups above it, which it may refer to; absent where they were not read. */
  readonly offered?: readonly OfferedService[]
}
