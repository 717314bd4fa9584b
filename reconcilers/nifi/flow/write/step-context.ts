/**
 * What is to become of one flow, and how far one call is with it.
 * @module
 */
import type { Desired } from '../../../../src/plugin.ts'
import type { FlowSpec } from '../schema.ts'
import type { FlowState } from '../state.ts'
import type { LiveFlow } from './read-flow.ts'

/** What may be done to which flow. */
export interface Goal {
  readonly desired: Desired<FlowSpec>
  /** Whether what differs under this path may be written. */
  readonly allows: (path: string) => boolean
  /** Whether the declared run state may be enforced; otherwise what we stop is started again. */
  readonly isManaged: boolean
  /** What the plan was made from. */
  readonly planned?: FlowState
}

/** What was done in this call; only keeps things from being done twice. */
export interface Progress {
  /** Differences that were sent, each with the value it was to get. */
  readonly sent: Set<string>
  /** Differences that a replacement can write since a step before it: sent again, whatever was sent. */
  readonly pending: Set<string>
  /** Whether the definition was sent, and taken as a whole: what differs from its file now, NiFi has made so. */
  hasSent: boolean
  /** What the group was before the last replacement: it is gone back to when NiFi has taken that by half. */
  before?: LiveFlow
  /** Whether anything was written: the plan is no measure any more. */
  hasWritten: boolean
  /** Whether something may have been stopped that is to run again. */
  hasStopped: boolean
  /** Name and comments that were written: NiFi may have made something else of them. */
  dressed?: string
  /** Whether NiFi has been told to run, or to stop, and has done all it can. */
  hasEntered: boolean
}

/** `isImported`: NiFi has taken the definition a moment ago. */
export function newProgress(isImported: boolean): Progress {
  return {
    sent: new Set(),
    pending: new Set(),
    hasSent: isImported,
    hasWritten: isImported,
    hasStopped: false,
    hasEntered: false
  }
}
