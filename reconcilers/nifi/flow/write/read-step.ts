/**
 * What NiFi holds of a flow beside what is declared of it.
 * @module
 */
import { ReconcileError } from '../../../../src/plugin.ts'
import { declaredComments, declaredContent, declaredContext } from '../compare.ts'
import { digestOf } from '../definition/canonical.ts'
import { removedConnections } from '../definition/removed.ts'
import { writeComments, type Marker } from '../identity/marker.ts'
import { descriptorsOf } from '../identity/property-names.ts'
import { readQueues } from '../queues/queued.ts'
import { runStateField } from '../run-state/run-state.ts'
import { wordsOf } from '../identity/words.ts'
import type { WriteContext } from './call-context.ts'
import { differencesOf, type Differences } from './replace/differences.ts'
import type { Goal, Progress } from './step-context.ts'
import { labelsByLiveId, type Labels } from '../identity/live-labels.ts'
import { readParts } from '../run-state/run-parts.ts'
import { doomedOf } from './queues/doomed.ts'
import { readFlow, stateOf, type LiveFlow, type Snapshot } from './read-flow.ts'
import type { Dress } from './replace/snapshot.ts'
import type { Facts, Queues } from './steps.ts'

export interface Look extends Omit<Differences, 'isWhole' | 'left' | 'apart'> {
  readonly facts: Facts
  readonly live: LiveFlow
  /** What merged definitions refer to beside themselves. */
  readonly brought: Pick<Snapshot, 'parameterContexts' | 'externalControllerServices'>
  /** How the group is to look when everything is done. */
  readonly dress: Dress
  /** The marker of a group that is about to be replaced. */
  readonly marker: Marker
  readonly labels: Labels
}

/** Reads one group and judges it. Throws CONFLICT when it is gone, and UNSUPPORTED when it is under version control. */
export async function look(id: string, goal: Goal, progress: Progress, context: WriteContext): Promise<Look> {
  const live = await readFlow(context.link, id, context.signal)
  const { group, snapshot } = live
  if (group.versioned !== undefined)
    throw new ReconcileError('UNSUPPORTED', `the process group ${id} is under version control (${group.versioned})`)
  const content = declaredContent(goal.desired.spec)
  const [definition, words] = [snapshot.flowContents, wordsOf(content)]
  const known = descriptorsOf([...context.beside, definition])
  const { declared, merged, unsent, left, apart, isWhole } = differencesOf(live, goal, progress, known)
  const differs = unsent.length > 0
  const marker = markerToWrite(live, goal, isWhole, context.owner)
  const dress = dressOf(live, goal, differs ? { ...live.marker, ...marker } : finished(live, marker, isWhole))
  const removed = differs ? removedConnections(definition, merged, words) : []
  const queues = removed.length > 0 ? await queuesOf(live, goal, removed, context) : undefined
  const facts: Facts = {
    differs,
    left,
    canGoBack: progress.before !== undefined,
    apart,
    ...(queues && { queues }),
    isBound: (group.parameterContext?.name ?? null) === dress.context,
    isDressed: [progress.dressed, dressKey(group)].includes(dressKey(dress)),
    isInState: isInState(live, goal, progress)
  }
  const externalControllerServices = { ...snapshot.externalControllerServices, ...content.externalControllerServices }
  const brought = { parameterContexts: content.parameterContexts, externalControllerServices }
  return { facts, live, declared, merged, unsent, brought, marker, dress, labels: labelsByLiveId(definition, words) }
}

/** Of a group that is about to be replaced: as long as a part may not be written, what it was before is remembered. */
function markerToWrite(
  { marker }: LiveFlow,
  { desired: { name, spec } }: Goal,
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

function dressOf({ group, text }: LiveFlow, { desired: { name, spec }, allows }: Goal, marker: Marker): Dress {
  const comments = allows('comments') ? (declaredComments(spec) ?? text) : text
  return {
    name: allows('name') ? name : group.name,
    comments: writeComments(comments, marker),
    context: allows('parameterContext') ? declaredContext(spec) : (group.parameterContext?.name ?? null)
  }
}

/** What tells one name with its comments from others. Pure. */
export function dressKey({ name, comments }: Pick<Dress, 'name' | 'comments'>): string {
  return `${name}\n${comments}`
}

function isInState(live: LiveFlow, { desired: { spec }, isManaged }: Goal, { hasEntered }: Progress): boolean {
  return !isManaged || hasEntered || runStateField(spec.state, stateOf(live)).length === 0
}

async function queuesOf(
  live: LiveFlow,
  goal: Goal,
  removed: ReturnType<typeof removedConnections>,
  context: WriteContext
): Promise<Queues> {
  const definition = live.snapshot.flowContents
  const { onRemovedQueues: policy, drainTimeout, state } = goal.desired.spec
  const doomed = doomedOf(definition, removed, await readQueues(live.group.id, context))
  const parts = doomed.some(({ queued }) => queued > 0) ? await readParts(context.link, definition, context.signal) : []
  const since = live.marker?.drain
  return {
    policy,
    removed: doomed,
    running: new Set(parts.filter((part) => part.state === 'RUNNING' || part.threads > 0).map((part) => part.id)),
    startable: new Set(parts.filter((part) => part.state === 'STOPPED' && part.threads === 0).map((part) => part.id)),
    ...(since !== undefined && { drainingFor: context.clock.now() - since }),
    drainTimeout,
    mayStart: goal.isManaged && state === 'RUNNING'
  }
}
