/**
 * What a step is taken from: what is wanted, and what NiFi held a moment ago.
 * @module
 */
import { type Json, ReconcileError } from '../../../../src/plugin.ts'
import { bodyOf } from '../../connection/refusal.ts'
import type { WriteContext } from './call-context.ts'
import type { Goal, Progress } from './step-context.ts'
import type { Look } from './read-step.ts'
import type { LiveFlow } from './read-flow.ts'

export interface Moment {
  readonly seen: Look
  readonly goal: Goal
  readonly progress: Progress
  readonly context: WriteContext
}

/** Writes fields of the group itself. Throws what `bodyOf` throws. */
export async function putGroup(
  { group }: Pick<LiveFlow, 'group'>,
  fields: Readonly<Record<string, Json>>,
  { link, signal }: WriteContext
): Promise<void> {
  const body = {
    revision: { version: group.revision.version, clientId: link.clientId },
    disconnectedNodeAcknowledged: false,
    component: { id: group.id, ...fields }
  }
  bodyOf(await link.ask({ method: 'PUT', path: `/process-groups/${encodeURIComponent(group.id)}`, body }, signal))
}

/** Whether somebody else was quicker, so that nothing was written. */
export function isStale(error: unknown): boolean {
  return (
    error instanceof ReconcileError &&
    error.code === 'CONFLICT' &&
    /is not the most up-to-date revision/.test(error.message)
  )
}
