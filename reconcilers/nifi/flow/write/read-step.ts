/**
 * Reads what a step needs to know: what NiFi holds of a flow beside what is declared of it.
 * @module
 */
import { ReconcileError } from '../../../../src/plugin.ts'
import { digestOf } from '../definition/canonical.ts'
import { removedConnections } from '../definition/removed.ts'
import { writeComments, type Marker } from '../identity/marker.ts'
import { descriptorsOf } from '../identity/property-names.ts'
import { readQueues } from '../queues/queued.ts'
import { runStateField } from '../run-state/run-state.ts'
import { wordsOf } from '../identity/words.ts'
import type { CallContext } from './call-context.ts'
import { differencesOf } from './replace/differences.ts'
import type { FlowTask, Progress, StepContext } from './step-context.ts'
import { labelsByLiveId } from '../identity/live-labels.ts'
import { readParts } from '../run-state/run-parts.ts'
import { doomedOf } from './queues/doomed.ts'
import { readFlow, stateOf, type LiveFlow } from './read-flow.ts'
import type { GroupMetadata } from './replace/snapshot.ts'
import type { Queues, StepFacts } from './steps.ts'
import { declaredComments, declaredContent, declaredContext } from '../declared.ts'

/** Reads one group and judges it. Throws CONFLICT when it is gone, and UNSUPPORTED when it is under version control. */
export async function readStep(
  id: string,
  task: FlowTask,
  progress: Progress,
  call: CallContext
): Promise<StepContext> {
  const live = await readFlow(call.link, id, call.signal)
  const { group, snapshot } = live
  if (group.versioned !== undefined)
    throw new ReconcileError('UNSUPPORTED', `the process group ${id} is under version control (${group.versioned})`)
  const content = declaredContent(task.desired.spec)
  const [definition, words] = [snapshot.flowContents, wordsOf(content)]
  const known = descriptorsOf([...call.beside, definition])
  const { left, apart, isWhole, ...differences } = differencesOf({ ...task, live, progress }, known)
  const differs = differences.unsent.length > 0
  const marker = markerToWrite(live, task, isWhole, call.owner)
  const metadata = metadataOf(live, task, differs ? { ...live.marker, ...marker } : finished(live, marker, isWhole))
  const removed = differs ? removedConnections(definition, differences.merged, words) : []
  const queues = removed.length > 0 ? await queuesOf(live, task, removed, call) : undefined
  const facts: StepFacts = {
    differs,
    left,
    canRollBack: progress.before !== undefined,
    apart,
    ...(queues && { queues }),
    isBound: (group.parameterContext?.name ?? null) === metadata.context,
    hasMetadata: [progress.metadata, metadataKey(group)].includes(metadataKey(metadata)),
    isInRunState: isInRunState(live, task, progress)
  }
  const externalControllerServices = { ...snapshot.externalControllerServices, ...content.externalControllerServices }
  const brought = { parameterContexts: content.parameterContexts, externalControllerServices }
  const labels = labelsByLiveId(definition, words)
  return { ...call, ...task, ...differences, progress, facts, live, labels, brought, marker, metadata }
}

/** Of a group that is about to be replaced: as long as a part may not be written, what it was before is remembered. */
function markerToWrite(
  { marker }: LiveFlow,
  { desired: { name, spec } }: FlowTask,
  isWhole: boolean,
  owner: string
): Marker {
  const desired = isWhole ? digestOf(declaredContent(spec).group) : marker?.desired
  return { owner, flow: name, ...(desired !== undefined && { desired }) }
}

/** Taken as a whole it is remembered as it is now; else the marker says of it what it said. */
function finished({ marker, snapshot }: LiveFlow, written: Marker, isWhole: boolean): Marker {
  const live = isWhole ? digestOf(snapshot.flowContents) : marker?.live
  return { ...written, ...(live !== undefined && { live }) }
}

function metadataOf(
  { group, text }: LiveFlow,
  { desired: { name, spec }, allows }: FlowTask,
  marker: Marker
): GroupMetadata {
  const comments = allows('comments') ? (declaredComments(spec) ?? text) : text
  return {
    name: allows('name') ? name : group.name,
    comments: writeComments(comments, marker),
    context: allows('parameterContext') ? declaredContext(spec) : (group.parameterContext?.name ?? null)
  }
}

/** What tells one name with its comments from others. Pure. */
export function metadataKey({ name, comments }: Pick<GroupMetadata, 'name' | 'comments'>): string {
  return `${name}\n${comments}`
}

function isInRunState(
  live: LiveFlow,
  { desired: { spec }, isManaged }: FlowTask,
  { hasAppliedRunState }: Progress
): boolean {
  return !isManaged || hasAppliedRunState || runStateField(spec.state, stateOf(live)).length === 0
}

async function queuesOf(
  live: LiveFlow,
  task: FlowTask,
  removed: ReturnType<typeof removedConnections>,
  call: CallContext
): Promise<Queues> {
  const definition = live.snapshot.flowContents
  const { onRemovedQueues: policy, drainTimeout, state } = task.desired.spec
  const doomed = doomedOf(definition, removed, await readQueues(live.group.id, call))
  const parts = doomed.some(({ queued }) => queued > 0) ? await readParts(call.link, definition, call.signal) : []
  const since = live.marker?.drain
  return {
    policy,
    removed: doomed,
    running: new Set(parts.filter((part) => part.state === 'RUNNING' || part.threads > 0).map((part) => part.id)),
    startable: new Set(parts.filter((part) => part.state === 'STOPPED' && part.threads === 0).map((part) => part.id)),
    ...(since !== undefined && { drainingFor: call.clock.now() - since }),
    drainTimeout,
    mayStart: task.isManaged && state === 'RUNNING'
  }
}
