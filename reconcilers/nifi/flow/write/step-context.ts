/**
 * What every step of a write is given: what is wanted of one flow, what this call has done to it, and what NiFi held a
 * moment ago.
 * @module
 */
import type { Desired } from '../../../../src/plugin.ts'
import type { Group } from '../definition/model.ts'
import type { Labels } from '../identity/live-labels.ts'
import type { Marker } from '../identity/marker.ts'
import type { FlowSpec } from '../schema.ts'
import type { FlowState } from '../state.ts'
import type { CallContext } from './call-context.ts'
import type { LiveFlow, Snapshot } from './read-flow.ts'
import type { GroupMetadata } from './replace/snapshot.ts'
import type { StepFacts } from './steps.ts'

/** A call and the flow it writes, as it was read a moment ago. */
export interface LiveContext extends CallContext {
  readonly live: LiveFlow
  /** What people call its parts. */
  readonly labels: Labels
}

export interface StepContext extends LiveContext {
  readonly desired: Desired<FlowSpec>
  /** Whether what differs under this path may be written. */
  readonly allows: (path: string) => boolean
  /** Whether the declared run state may be enforced; otherwise what a step stops is started again. */
  readonly isManaged: boolean
  /** What the plan was made from; absent where the flow is being created. */
  readonly planned?: FlowState
  readonly progress: Progress

  /** What decides which step is next. */
  readonly facts: StepFacts
  /** The declared definition in the words of this server. */
  readonly declared: Group
  /** What is live with all that may be written. */
  readonly merged: Group
  /** Differences that have not been sent yet. */
  readonly unsent: readonly string[]
  /** What merged definitions refer to beside themselves. */
  readonly brought: Pick<Snapshot, 'parameterContexts' | 'externalControllerServices'>
  /** Name, comments and context of the group when everything is done. */
  readonly metadata: GroupMetadata
  /** The marker of a group that is about to be replaced. */
  readonly marker: Marker
}

/** As much of a step's context as is known before NiFi is read: which flow, and what may be done to it. */
export type FlowTask = Pick<StepContext, 'desired' | 'allows' | 'isManaged' | 'planned'>

/** What was done in this call; it only keeps things from being done twice. */
export interface Progress {
  /** Differences that were sent, each with the value it was to get. */
  readonly sent: Set<string>
  /** Differences that a replacement can write since a step before it: sent again, whatever was sent. */
  readonly pending: Set<string>
  /** Whether the definition was sent, and taken as a whole: what differs from its file now, NiFi has made so. */
  hasSent: boolean
  /** What the group was before the last replacement: it is rolled back to when NiFi has taken that by half. */
  before?: LiveFlow
  /** Whether anything was written: the plan is no measure of what is live then. */
  hasWritten: boolean
  /** Whether something may have been stopped that is to run again. */
  hasStopped: boolean
  /** Name and comments that were written: NiFi may have made something else of them. */
  metadata?: string
  /** Whether NiFi has been told to run, or to stop, and has done all it can. */
  hasAppliedRunState: boolean
}

/** `isImported`: NiFi has taken the definition a moment ago. */
export function newProgress(isImported: boolean): Progress {
  return {
    sent: new Set(),
    pending: new Set(),
    hasSent: isImported,
    hasWritten: isImported,
    hasStopped: false,
    hasAppliedRunState: false
  }
}
