/**
 * Queues of connections that the new definition no longer has: what is in them, what feeds them, and what empties them.
 * @module
 */
import { z } from 'zod'
import type { Json } from '../../../../src/contract.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { runRequest } from '../../asynchronous.ts'
import { bodyOf, refusalOf } from '../../refusal.ts'
import { bodyOf as fieldsOf, textOf } from '../definition/parts.ts'
import type { Component, Group } from '../definition/model.ts'
import type { LiveEnd, RemovedConnection } from '../definition/removed.ts'
import type { WriteContext } from './context.ts'

/** A connection that is about to be removed. All ids are live ones. */
export interface Doomed {
  readonly id: string
  readonly label: string
  /** FlowFiles in it. */
  readonly queued: number
  /** What puts FlowFiles into it; behind a funnel, what feeds the funnel. */
  readonly feeders: readonly string[]
  /** What takes them out. */
  readonly consumer: string
}

/** What is to be known of connections before they are removed. Pure. */
export function doomedOf(live: Group, removed: readonly RemovedConnection[], queued: ReadonlyMap<string, number>): readonly Doomed[] {
  const leads = connectionsIn(live).map((connection) => ({ from: endOf(connection, 'source'), to: endOf(connection, 'destination') }))
  return removed.map(({ id, label, source, destination }) => ({
    id,
    label,
    queued: queued.get(id) ?? 0,
    feeders: feedersOf(source, leads, new Set()),
    consumer: destination.id
  }))
}

/** FlowFiles by live id of the connection, in a group and below it. One request. */
export async function readQueues(groupId: string, { link, signal }: WriteContext): Promise<ReadonlyMap<string, number>> {
  const path = `/flow/process-groups/${encodeURIComponent(groupId)}/status`
  const answer = bodyOf(await link.ask({ method: 'GET', path, query: { recursive: true } }, signal))
  const parsed = status.safeParse(answer)
  if (!parsed.success) throw new ReconcileError('UNAVAILABLE', 'expected the status of a process group, found something else')
  return new Map(countsIn(parsed.data.processGroupStatus.aggregateSnapshot))
}

/** Takes everything out of one queue; how many FlowFiles that were. What feeds it and what holds some of them must be stopped. */
export async function dropQueue({ id, label }: Doomed, { link, signal, clock, patience }: WriteContext): Promise<number> {
  const path = `/flowfile-queues/${encodeURIComponent(id)}/drop-requests`
  const ended = await runRequest(link, { begin: { method: 'POST', path }, at: (request) => `${path}/${request}`, patience: patience.call }, signal, clock)
  if (ended.result === 'refused') throw refusalOf(ended.answer)
  if (ended.result === 'lost') throw new ReconcileError('UNAVAILABLE', `NiFi does not know any more how much it has dropped of ${label}`)
  const count = Number(ended.request['droppedCount'] ?? 0)
  const dropped = count === 0 ? '' : `; ${count} FlowFiles were dropped`
  if (ended.result === 'late') throw new ReconcileError('UNAVAILABLE', `NiFi has not emptied ${label} within ${Math.round(patience.call / 1000)} s${dropped}`)
  if (ended.failureReason !== undefined) throw new ReconcileError('CONFLICT', `NiFi could not empty ${label}: ${ended.failureReason}${dropped}`)
  return count
}

/** For people: which queues hold how much. Pure. */
export function listQueues(doomed: readonly Doomed[]): string {
  return doomed.map(({ label, queued }) => `${label} holds ${queued.toLocaleString('en')} FlowFile${queued === 1 ? '' : 's'}`).join(', ')
}

function connectionsIn(group: Group): readonly Component[] {
  return [...(group.connections ?? []), ...(group.processGroups ?? []).flatMap(connectionsIn)]
}

type End = Pick<LiveEnd, 'id' | 'type'>

function endOf(connection: Component, side: 'source' | 'destination'): End {
  const end = fieldsOf(connection[side])
  return { id: textOf(end['instanceIdentifier']) || textOf(end['id']), type: textOf(end['type']) }
}

/** A funnel cannot be stopped: what feeds it is looked for. */
function feedersOf({ id, type }: End, leads: readonly { readonly from: End; readonly to: End }[], seen: Set<string>): readonly string[] {
  if (type !== 'FUNNEL') return [id]
  if (seen.has(id)) return []
  seen.add(id)
  return leads.filter(({ to }) => to.id === id).flatMap(({ from }) => feedersOf(from, leads, seen))
}

const snapshot = z.object({
  connectionStatusSnapshots: z
    .array(z.object({ id: z.string(), connectionStatusSnapshot: z.object({ flowFilesQueued: z.number().nullish() }).nullish() }))
    .nullish()
    .transform((list) => list ?? []),
  processGroupStatusSnapshots: z
    .array(z.object({ processGroupStatusSnapshot: z.json().nullish() }))
    .nullish()
    .transform((list) => list ?? [])
})
const status = z.object({ processGroupStatus: z.object({ aggregateSnapshot: z.json() }) })

function countsIn(body: Json | undefined): readonly (readonly [string, number])[] {
  const parsed = snapshot.safeParse(body)
  if (!parsed.success) return []
  const { connectionStatusSnapshots: connections, processGroupStatusSnapshots: groups } = parsed.data
  return [
    ...connections.map(({ id, connectionStatusSnapshot: shown }) => [id, shown?.flowFilesQueued ?? 0] as const),
    ...groups.flatMap(({ processGroupStatusSnapshot: inner }) => countsIn(inner ?? undefined))
  ]
}
