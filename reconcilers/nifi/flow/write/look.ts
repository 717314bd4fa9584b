/**
 * What NiFi holds of a flow beside what is declared of it.
 * @module
 */
import type { Desired } from '../../../../src/contract.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { declaredComments, declaredContent, declaredContext } from '../compare.ts'
import { digestOf } from '../definition/canonical.ts'
import { compareGroups, type Difference } from '../definition/compare.ts'
import { mergeGroups } from '../definition/merge.ts'
import type { Content, Group } from '../definition/model.ts'
import { removedConnections } from '../definition/removed.ts'
import { namesInContent, namesOnServer, nameServices } from '../external.ts'
import type { OfferedService } from '../facts.ts'
import { writeComments, type Marker } from '../marker.ts'
import { descriptorsOf, internalNames, type Descriptors } from '../property-names.ts'
import { runStateField } from '../run-state.ts'
import type { FlowSpec } from '../schema.ts'
import type { FlowState } from '../state.ts'
import { wordsOf } from '../words.ts'
import type { WriteContext } from './context.ts'
import { labelsByLiveId, type Labels } from './labels.ts'
import { readParts } from './parts.ts'
import { doomedOf, readQueues } from './queues.ts'
import { readFlow, stateOf, type LiveFlow, type Snapshot } from './read-flow.ts'
import type { Dress } from './snapshot.ts'
import type { Facts, Queues } from './steps.ts'

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
  /** Whether the definition was sent, and taken as a whole: what differs from its file now, NiFi has made so. */
  hasSent: boolean
  /** Whether anything was written: the plan is no measure any more. */
  hasWritten: boolean
  /** Name and comments that were written: NiFi may have made something else of them. */
  dressed?: string
  /** Whether NiFi has been told to run, or to stop, and has done all it can. */
  hasEntered: boolean
}

export interface Look {
  readonly facts: Facts
  readonly live: LiveFlow
  /** What is live with all that may be written. */
  readonly merged: Group
  /** The declared definition in the words of this server. */
  readonly declared: Group
  /** Differences that have not been sent yet. */
  readonly unsent: readonly string[]
  /** Paths of what was sent and what NiFi has left as it was. */
  readonly left: readonly string[]
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
  if (group.versioned !== undefined) throw new ReconcileError('UNSUPPORTED', `the process group ${id} is under version control (${group.versioned})`)
  const content = declaredContent(goal.desired.spec)
  const [definition, words] = [snapshot.flowContents, wordsOf(content)]
  const known = descriptorsOf([...(await context.readings.definitions(context.signal)).values(), definition])
  const { declared, merged, unsent, left, isWhole } = differencesOf(live, goal, progress, known)
  const differs = unsent.length > 0
  const marker = markerToWrite(live, goal, isWhole, context.owner)
  const dress = dressOf(live, goal, differs ? { ...live.marker, ...marker } : finished(live, marker, isWhole))
  const removed = differs ? removedConnections(definition, merged, words) : []
  const queues = removed.length > 0 ? await queuesOf(live, goal, removed, context) : undefined
  const facts: Facts = {
    differs,
    ...(queues && { queues }),
    isBound: (group.parameterContext?.name ?? null) === dress.context,
    isDressed: [progress.dressed, dressKey(group)].includes(dressKey(dress)),
    isInState: isInState(live, goal, progress)
  }
  const externalControllerServices = { ...snapshot.externalControllerServices, ...content.externalControllerServices }
  const brought = { parameterContexts: content.parameterContexts, externalControllerServices }
  return { facts, live, declared, merged, unsent, left, brought, marker, dress, labels: labelsByLiveId(definition, words) }
}

interface Differences extends Pick<Look, 'declared' | 'merged' | 'unsent' | 'left'> {
  /** Nothing differs but what may be written, and NiFi leaves nothing out. */
  readonly isWhole: boolean
}

/** Throws REJECTED for a property that cannot be told, UNSUPPORTED for what nothing can make of a group that was begun. */
function differencesOf({ marker, snapshot }: LiveFlow, goal: Goal, { sent, hasSent }: Progress, known: Descriptors): Differences {
  const content = declaredContent(goal.desired.spec)
  const [definition, words] = [snapshot.flowContents, wordsOf(content)]
  const written = alignServices(content, snapshot, goal.planned?.offered ?? [])
  const { group: declared, problems } = internalNames(written, definition, known, words)
  const isTaken = marker?.desired === digestOf(content.group) && marker.live === digestOf(definition)
  const differences = isTaken ? [] : compareGroups(declared, definition, words)
  const refused = goal.planned === undefined ? differences.find(({ risk }) => risk === 'unsupported') : undefined
  if (refused !== undefined) throw new ReconcileError('UNSUPPORTED', refused.why ?? refused.path)
  const writable = differences.filter(({ path }) => goal.allows(path))
  // What differs from the file as it stands was sent already; what differs in its names only is seen now for the first time.
  const settled = hasSent ? new Set([...sent, ...compareGroups(written, definition, words).map(keyOf)]) : sent
  const unsent = writable.filter((difference) => !settled.has(keyOf(difference)))
  const left = writable.filter((difference) => difference.isStructure === true && settled.has(keyOf(difference)))
  if (unsent.length > 0 && problems.length > 0) throw new ReconcileError('REJECTED', problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
  const merged = unsent.length > 0 ? mergeGroups(declared, definition, goal.allows, words) : definition
  return { declared, merged, unsent: unsent.map(keyOf), left: left.map(({ path }) => path), isWhole: writable.length === differences.length && left.length === 0 }
}

function keyOf({ path, after }: Difference): string {
  return `${path} ${JSON.stringify(after)}`
}

/** Why what is live is not what the plan was made from, as far as the plan is about it; undefined: it is. Pure. */
export function whyChanged({ group, text, marker, snapshot }: LiveFlow, { planned, allows }: Goal, isDefinition: boolean): string | undefined {
  if (planned === undefined) return undefined
  const definition = isDefinition ? planned.definition : undefined
  const changed = {
    marker: planned.marker?.owner !== marker?.owner || planned.marker?.flow !== marker?.flow,
    definition: definition !== undefined && digestOf(definition) !== digestOf(snapshot.flowContents),
    name: allows('name') && planned.name !== group.name,
    comments: allows('comments') && planned.comments !== text,
    'parameter context': allows('parameterContext') && planned.parameterContext !== group.parameterContext?.name
  }
  const found = Object.entries(changed).find(([, isChanged]) => isChanged)
  return found === undefined ? undefined : `its ${found[0]} was changed`
}

/** Services outside of the flow by the identifiers that the live group has for them, where it refers to them already. */
function alignServices(content: Content, { externalControllerServices }: Snapshot, offered: readonly OfferedService[]): Group {
  const liveIds = new Map([...namesInContent({ externalControllerServices })].map(([identifier, name]) => [name, identifier]))
  const names = [...namesOnServer(offered), ...namesInContent(content)].flatMap(([identifier, name]) => {
    const live = liveIds.get(name)
    return live === undefined ? [] : [[identifier, live] as const]
  })
  return nameServices(content.group, new Map(names))
}

/** Of a group that is about to be replaced: as long as a part may not be written, what it was before is remembered. */
function markerToWrite({ marker }: LiveFlow, { desired: { name, spec } }: Goal, isWhole: boolean, owner: string): Marker {
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
  return !isManaged || hasEntered || runStateField(spec.state, stateOf(live, live.services)).length === 0
}

async function queuesOf(live: LiveFlow, goal: Goal, removed: ReturnType<typeof removedConnections>, context: WriteContext): Promise<Queues> {
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
