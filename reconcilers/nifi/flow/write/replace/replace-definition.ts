/**
 * The step that replaces a definition.
 * @module
 */
import { compareGroups } from '../../definition/compare.ts'
import { writeComments } from '../../identity/marker.ts'
import { wordsOf } from '../../identity/words.ts'
import { labelsByLiveId } from '../../identity/live-labels.ts'
import { isStaleRevision } from '../../../connection/refusal.ts'
import { putGroup } from '../put-group.ts'
import type { StepContext } from '../step-context.ts'
import { readParts } from '../../run-state/run-parts.ts'
import { preflight } from './preflight.ts'
import type { LiveFlow, Snapshot } from '../read-flow.ts'
import { replaceGroup } from './replace.ts'
import { untilAtRest, type Pause } from '../run-state/start-stop.ts'
import { snapshotOf } from './snapshot.ts'
import { declaredContent } from '../../declared.ts'

/**
 * What is sent. It keeps the name: one that is not finished is found by it; and the context that is bound, because NiFi would
 * add the parameters of another one to it. Throws what `preflight` throws.
 */
export function snapshotToSend(context: StepContext): Promise<Snapshot> {
  const { live, merged, marker, brought, metadata, desired } = context
  const stopped = live.marker?.stopped
  const comments = writeComments(live.text, { ...marker, ...(stopped && { stopped }) })
  const unresolved = snapshotOf(
    merged,
    { name: live.group.name, comments, context: live.group.parameterContext?.name ?? metadata.context },
    brought
  )
  return preflight(unresolved, brought, wordsOf(declaredContent(desired.spec)), context)
}

export async function replaceDefinition(context: StepContext): Promise<Pause> {
  const { live, declared, allows, isManaged, desired, progress } = context
  const stopping = await untilAtRest(context)
  if (stopping !== undefined) return stopping
  if (!isManaged && (await noteRunning(context))) return undefined
  const wanted = await snapshotToSend(context)
  const words = wordsOf(declaredContent(desired.spec))
  const labels = new Map([...labelsByLiveId(wanted.flowContents, words), ...context.labels])
  const isWanted = (now: LiveFlow): boolean =>
    compareGroups(declared, now.snapshot.flowContents, words).every(({ path }) => !allows(path))
  try {
    await replaceGroup({ wanted, isWanted }, { ...context, labels })
  } catch (error) {
    if (!isStaleRevision(error)) progress.hasStopped = true
    throw error
  }
  progress.hasStopped = true
  progress.hasSent = true
  progress.before = live
  for (const key of context.unsent) progress.sent.add(key)
  progress.pending.clear()
  return undefined
}

/**
 * NiFi stops what is replaced and starts it again; broken off in between, by a kill of NiFi or of us, it stays stopped.
 * What is to run then is remembered before, where no declaration says so; false: it was already.
 */
export async function noteRunning(context: StepContext): Promise<boolean> {
  const { text, marker, snapshot } = context.live
  const { owner, flow } = context.marker
  const parts = await readParts(context.link, snapshot.flowContents, context.signal)
  const noted = marker?.stopped ?? []
  const stopped = [...new Set([...noted, ...parts.filter(({ state }) => state === 'RUNNING').map(({ id }) => id)])]
  if (stopped.length === noted.length) return false
  await putGroup(context.live, { comments: writeComments(text, { owner, flow, ...marker, stopped }) }, context)
  return true
}
