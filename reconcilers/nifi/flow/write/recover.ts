/**
 * What is to run runs again after a write that came to nothing.
 * @module
 */
import type { Desired } from '../../../../src/plugin.ts'
import { writeComments } from '../identity/marker.ts'
import { unfinishedName } from '../identity/unfinished-name.ts'
import type { FlowSpec } from '../schema.ts'
import { wordsOf } from '../identity/words.ts'
import type { CallContext } from './call-context.ts'
import type { FlowTask } from './step-context.ts'
import { labelsByLiveId } from '../identity/live-labels.ts'
import { putGroup } from './put-group.ts'
import { readParts } from '../run-state/run-parts.ts'
import { readFlow, type LiveFlow } from './read-flow.ts'
import { start, startParts } from './run-state/start-stop.ts'
import { declaredContent } from '../declared.ts'

/**
 * Re-reads the group, starts what is declared to run, or else what we stopped, and takes away the note of that. True when
 * there was such a note and all of it runs again. What is in the way of that is told by the next cycle; a group that was
 * never finished is not started, nor one that has become somebody else's. Never throws.
 */
export async function recover(id: string, task: FlowTask, context: CallContext): Promise<boolean> {
  try {
    const live = await readFlow(context.link, id, context.signal)
    if (!isOurs(live, task.desired, context)) return false
    const { drain, stopped = [], ...before } = live.marker ?? { owner: context.owner, flow: task.desired.name }
    const isAgain = await runAgain(live, task, stopped, context)
    if (drain === undefined && stopped.length === 0) return false
    await putGroup(
      live,
      { comments: writeComments(live.text, { ...before, ...(!isAgain && stopped.length > 0 && { stopped }) }) },
      context
    )
    return isAgain
  } catch {
    return false
  }
}

function isOurs({ group, marker }: LiveFlow, { name }: Desired<FlowSpec>, { owner }: CallContext): boolean {
  if (group.versioned !== undefined || group.name === unfinishedName(name)) return false
  return marker === undefined || (marker.owner === owner && marker.flow === name)
}

/** Whether all of it runs again, or nothing is to. */
async function runAgain(
  live: LiveFlow,
  { isManaged, desired: { spec } }: FlowTask,
  stopped: readonly string[],
  call: CallContext
): Promise<boolean> {
  if (isManaged ? spec.state !== 'RUNNING' : stopped.length === 0) return true
  const definition = live.snapshot.flowContents
  const labels = labelsByLiveId(definition, wordsOf(declaredContent(spec)))
  const context = { ...call, live, labels }
  try {
    if (isManaged) return (await start(context)) === undefined
    await startParts(context, new Set(stopped))
    const parts = await readParts(context.link, definition, context.signal)
    return parts.every(({ id, state }) => state !== 'STOPPED' || !stopped.includes(id))
  } catch {
    return false
  }
}
