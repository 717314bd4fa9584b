/**
 * Queues of connections that the new definition no longer has: what is in them, what feeds them, and what empties them.
 * @module
 */
import { ReconcileError } from '../../../../../src/plugin.ts'
import { runRequest } from '../../../connection/asynchronous.ts'
import { refusalOf } from '../../../connection/refusal.ts'
import type { Component, Group } from '../../definition/model.ts'
import type { LiveEnd, RemovedConnection } from '../../definition/removed.ts'
import type { Queued } from '../../queues/queued.ts'
import type { CallContext } from '../call-context.ts'
import { asBody, textOf } from '../../../json.ts'

/** A connection that is about to be removed. All ids are live ones. */
export interface Doomed extends Queued {
  readonly id: string
  /** What puts FlowFiles into it; behind a funnel, what feeds the funnel. */
  readonly feeders: readonly string[]
  /** What takes them out. */
  readonly consumer: string
}

/** What is to be known of connections before they are removed. Pure. */
export function doomedOf(
  live: Group,
  removed: readonly RemovedConnection[],
  queued: ReadonlyMap<string, number>
): readonly Doomed[] {
  const leads = connectionsIn(live).map((connection) => ({
    from: endOf(connection, 'source'),
    to: endOf(connection, 'destination')
  }))
  return removed.map(({ id, label, source, destination }) => ({
    id,
    label,
    queued: queued.get(id) ?? 0,
    feeders: feedersOf(source, leads, new Set()),
    consumer: destination.id
  }))
}

/** Takes everything out of one queue; how many FlowFiles that were. What feeds it and what holds some of them must be stopped. */
export async function dropQueue(
  { id, label }: Doomed,
  { link, signal, clock, timeouts }: CallContext
): Promise<number> {
  const path = `/flowfile-queues/${encodeURIComponent(id)}/drop-requests`
  const ended = await runRequest(
    link,
    { begin: { method: 'POST', path }, at: (request) => `${path}/${request}`, timeoutMs: timeouts.call },
    signal,
    clock
  )
  if (ended.result === 'refused') throw refusalOf(ended.answer)
  if (ended.result === 'lost')
    throw new ReconcileError(
      'UNAVAILABLE',
      `NiFi no longer knows the request to empty ${label}; how much it dropped is unknown`
    )
  const count = Number(ended.request['droppedCount'] ?? 0)
  const dropped = count === 0 ? '' : `; ${count} FlowFiles were dropped`
  if (ended.result === 'late')
    throw new ReconcileError(
      'UNAVAILABLE',
      `NiFi did not empty ${label} within ${Math.round(timeouts.call / 1000)} s${dropped}`
    )
  if (ended.failureReason !== undefined)
    throw new ReconcileError('CONFLICT', `NiFi could not empty ${label}: ${ended.failureReason}${dropped}`)
  return count
}

function connectionsIn(group: Group): readonly Component[] {
  return [...(group.connections ?? []), ...(group.processGroups ?? []).flatMap(connectionsIn)]
}

type End = Pick<LiveEnd, 'id' | 'type'>

function endOf(connection: Component, side: 'source' | 'destination'): End {
  const end = asBody(connection[side])
  return { id: textOf(end['instanceIdentifier']) || textOf(end['id']), type: textOf(end['type']) }
}

/** A funnel cannot be stopped: what feeds it is looked for. */
function feedersOf(
  { id, type }: End,
  leads: readonly { readonly from: End; readonly to: End }[],
  seen: Set<string>
): readonly string[] {
  if (type !== 'FUNNEL') return [id]
  if (seen.has(id)) return []
  seen.add(id)
  return leads.filter(({ to }) => to.id === id).flatMap(({ from }) => feedersOf(from, leads, seen))
}
