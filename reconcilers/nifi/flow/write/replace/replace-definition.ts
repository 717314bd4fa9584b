/**
 * The step that replaces a definition.
 * @module
 */
import { declaredContent } from '../../compare.ts'
import { compareGroups } from '../../definition/compare.ts'
import { writeComments } from '../../identity/marker.ts'
import { wordsOf } from '../../identity/words.ts'
import { labelsByLiveId } from '../../identity/live-labels.ts'
import { isStale, putGroup, type Moment } from '../put-group.ts'
import { readParts } from '../../run-state/run-parts.ts'
import { preflight } from './preflight.ts'
import type { LiveFlow, Snapshot } from '../read-flow.ts'
import { replaceGroup } from './replace.ts'
import { untilAtRest, type Pause } from '../run-state/start-stop.ts'
import { snapshotOf } from './snapshot.ts'

/**
 * What is sent. It keeps the name: one that is not finished is found by it; and the context that is bound, because NiFi would
 * add the parameters of another one to it. Throws what `preflight` throws.
 */
export function wantedOf({ seen: { live, merged, marker, brought, dress }, goal, context }: Moment): Promise<Snapshot> {
  const stopped = live.marker?.stopped
  const comments = writeComments(live.text, { ...marker, ...(stopped && { stopped }) })
  const unresolved = snapshotOf(
    merged,
    { name: live.group.name, comments, context: live.group.parameterContext?.name ?? dress.context },
    brought
  )
  return preflight(unresolved, brought, wordsOf(declaredContent(goal.desired.spec)), context)
}

export async function replace(moment: Moment): Promise<Pause> {
  const { seen, goal, progress, context } = moment
  const { live, declared } = seen
  const stopping = await untilAtRest(live, seen.labels, context)
  if (stopping !== undefined) return stopping
  if (!goal.isManaged && (await noteRunning(moment))) return undefined
  const wanted = await wantedOf(moment)
  const words = wordsOf(declaredContent(goal.desired.spec))
  const labels = new Map([...labelsByLiveId(wanted.flowContents, words), ...seen.labels])
  const isWanted = (now: LiveFlow): boolean =>
    compareGroups(declared, now.snapshot.flowContents, words).every(({ path }) => !goal.allows(path))
  try {
    await replaceGroup({ before: live, wanted, labels, isWanted }, context)
  } catch (error) {
    if (!isStale(error)) progress.hasStopped = true
    throw error
  }
  progress.hasStopped = true
  progress.hasSent = true
  progress.before = live
  for (const key of seen.unsent) progress.sent.add(key)
  progress.pending.clear()
  return undefined
}

/**
 * NiFi stops what is replaced and starts it again; broken off in between, by a kill of NiFi or of us, it stays stopped.
 * What is to run then is remembered before, where no declaration says so; false: it was already.
 */
export async function noteRunning({ seen, context }: Moment): Promise<boolean> {
  const { text, marker, snapshot } = seen.live
  const { owner, flow } = seen.marker
  const parts = await readParts(context.link, snapshot.flowContents, context.signal)
  const noted = marker?.stopped ?? []
  const stopped = [...new Set([...noted, ...parts.filter(({ state }) => state === 'RUNNING').map(({ id }) => id)])]
  if (stopped.length === noted.length) return false
  await putGroup(seen.live, { comments: writeComments(text, { owner, flow, ...marker, stopped }) }, context)
  return true
}
