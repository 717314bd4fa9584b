/**
 * Reads one flow again, right before and after it is written: a plan is as old as the reading it was made from.
 * @module
 */
import { z } from 'zod'
import { type Json, ReconcileError } from '../../../../src/plugin.ts'
import type { GroupEntity, ServiceEntity } from '../../reading/entities.ts'
import type { Link } from '../../connection/link.ts'
import { groupOf, servicesOf } from '../../reading/parse-entities.ts'
import { bodyOf } from '../../connection/refusal.ts'
import type { Group } from '../definition/model.ts'
import { readComments, type Marker } from '../identity/marker.ts'
import { readRemotePorts } from '../run-state/remote-ports.ts'
import { runningOf } from '../run-state/running.ts'
import type { FlowState } from '../state.ts'
import { fileWords } from '../identity/words.ts'
import { jsonSchema, type Body } from '../../json.ts'
import type { Part } from '../run-state/part.ts'

/** A definition as NiFi exports and takes it. */
export interface Snapshot {
  readonly flowContents: Group
  readonly parameterContexts: Body
  readonly externalControllerServices: Body
}

export interface LiveFlow {
  readonly group: GroupEntity
  /** What people wrote above the marker. */
  readonly text: string
  readonly marker?: Marker
  readonly snapshot: Snapshot
  /** In the group and below it. */
  readonly services: readonly ServiceEntity[]
  /** Ports of remote process groups that something is connected to. */
  readonly remotePorts: readonly Part[]
}

/** Three readings of one group, and one more for each remote process group in it. Throws CONFLICT when it is gone, and what `bodyOf` throws. */
export async function readFlow(link: Link, id: string, signal: AbortSignal): Promise<LiveFlow> {
  const path = `/process-groups/${encodeURIComponent(id)}`
  const [entity, download, services] = await Promise.all([
    link.ask({ method: 'GET', path }, signal),
    link.ask({ method: 'GET', path: `${path}/download` }, signal),
    readServices(link, id, signal)
  ])
  if (entity.status === 404 || download.status === 404)
    throw new ReconcileError('CONFLICT', `the process group ${id} no longer exists`)
  const group = groupOf(bodyOf(entity))
  const { text, marker } = readComments(group.comments)
  const snapshot = snapshotOf(bodyOf(download))
  const remotePorts = await readRemotePorts(link, snapshot.flowContents, signal)
  return { group, text, ...(marker && { marker }), snapshot, services, remotePorts }
}

/** The services of a group and of the groups below it, not those above it. */
export async function readServices(link: Link, id: string, signal: AbortSignal): Promise<readonly ServiceEntity[]> {
  const path = `/flow/process-groups/${encodeURIComponent(id)}/controller-services`
  const query = { includeAncestorGroups: false, includeDescendantGroups: true }
  const answer = await link.ask({ method: 'GET', path, query }, signal)
  return answer.status === 404 ? [] : servicesOf(bodyOf(answer))
}

/** As much of what is observed as tells whether a flow runs as declared. */
export function stateOf({ group, text, marker, services, snapshot, remotePorts }: LiveFlow): FlowState {
  const { id, name, counts, queued, canWrite: canModify } = group
  const running = runningOf(remotePorts, snapshot.flowContents, fileWords)
  return {
    id,
    name,
    comments: text,
    ...(marker && { marker }),
    twins: [],
    counts,
    queued,
    canModify,
    services,
    ...running
  }
}

const body = z
  .record(z.string(), jsonSchema)
  .nullish()
  .transform((value) => value ?? {})
const download = z.object({
  flowContents: z.record(z.string(), jsonSchema),
  parameterContexts: body,
  externalControllerServices: body
})

function snapshotOf(answer: Json): Snapshot {
  const parsed = download.safeParse(answer)
  if (!parsed.success)
    throw new ReconcileError('UNAVAILABLE', 'expected a flow definition as NiFi exports it, found something else')
  return parsed.data
}
