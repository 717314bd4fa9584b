/**
 * How many FlowFiles wait in connections.
 * @module
 */
import { z } from 'zod'
import { type Json, ReconcileError } from '../../../../src/plugin.ts'
import { jsonSchema } from '../../json.ts'
import type { Link } from '../../connection/link.ts'
import { bodyOf } from '../../connection/refusal.ts'

/** A connection and how much is in it. */
export interface Queued {
  /** Path of the connection in the author's words. */
  readonly label: string
  /** FlowFiles in it. */
  readonly queued: number
}

interface Asked {
  readonly link: Link
  readonly signal: AbortSignal
}

/** FlowFiles by live id of the connection, in a group and below it. One request. */
export async function readQueues(groupId: string, asked: Asked): Promise<ReadonlyMap<string, number>> {
  const { link, signal } = asked
  const path = `/flow/process-groups/${encodeURIComponent(groupId)}/status`
  const answer = bodyOf(await link.ask({ method: 'GET', path, query: { recursive: true } }, signal))
  const parsed = status.safeParse(answer)
  if (!parsed.success)
    throw new ReconcileError('UNAVAILABLE', 'expected the status of a process group, found something else')
  return new Map(countsIn(parsed.data.processGroupStatus.aggregateSnapshot))
}

/** For people: which queues hold how much. Pure. */
export function listQueues(queues: readonly Queued[]): string {
  const held = queues.map(({ label, queued }) => {
    return `${label} holds ${queued.toLocaleString('en')} FlowFile${queued === 1 ? '' : 's'}`
  })
  return held.join(', ')
}

const counted = z.object({ flowFilesQueued: z.number().nullish() })
const snapshot = z.object({
  connectionStatusSnapshots: z
    .array(z.object({ id: z.string(), connectionStatusSnapshot: counted.nullish() }))
    .nullish()
    .transform((list) => list ?? []),
  processGroupStatusSnapshots: z
    .array(z.object({ processGroupStatusSnapshot: jsonSchema.nullish() }))
    .nullish()
    .transform((list) => list ?? [])
})
const status = z.object({ processGroupStatus: z.object({ aggregateSnapshot: jsonSchema }) })

function countsIn(body: Json | undefined): readonly (readonly [string, number])[] {
  const parsed = snapshot.safeParse(body)
  if (!parsed.success) return []
  const { connectionStatusSnapshots: connections, processGroupStatusSnapshots: groups } = parsed.data
  return [
    ...connections.map(({ id, connectionStatusSnapshot: shown }) => [id, shown?.flowFilesQueued ?? 0] as const),
    ...groups.flatMap(({ processGroupStatusSnapshot: inner }) => countsIn(inner ?? undefined))
  ]
}
