/**
 * The connections of a group with what they connect, and what is wrong with them.
 * @module
 */
import { connectionLabel } from './connection.ts'
import { endOf, type End } from './ends.ts'
import type { InlineConnection, InlineGroup } from './spec.ts'

export interface ResolvedConnection {
  readonly connection: InlineConnection
  /** Its identity in its group. */
  readonly label: string
  readonly from: End
  readonly to: End
}

/** What was expected, at a place of the declaration. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export interface Resolved {
  /** By label; complete where there are no faults. */
  readonly connections: ReadonlyMap<string, ResolvedConnection>
  readonly faults: readonly Fault[]
}

/** Looks up both ends of every connection. Pure. */
export function resolveConnections(group: InlineGroup): Resolved {
  const connections = new Map<string, ResolvedConnection>()
  const faults: Fault[] = []
  for (const [index, connection] of (group.connections ?? []).entries()) {
    const label = connectionLabel(connection)
    const [from, to] = [endOf(group, connection.from, 'from'), endOf(group, connection.to, 'to')]
    const wrong = [from, to].filter((end) => typeof end === 'string')
    if (connections.has(label)) wrong.push(`every connection once, not "${label}" twice`)
    if (typeof from === 'object') wrong.push(...relationshipFaults(group, connection, from))
    faults.push(...wrong.map((message): Fault => ({ path: ['connections', index], message })))
    if (typeof from === 'object' && typeof to === 'object') connections.set(label, { connection, label, from, to })
  }
  return { connections, faults }
}

function relationshipFaults(
  group: InlineGroup,
  { from, relationships, to }: InlineConnection,
  { type, key }: End
): readonly string[] {
  if (type !== 'PROCESSOR')
    return relationships.length === 0
      ? []
      : [`no relationship, as "${from}" is a ${type === 'FUNNEL' ? 'funnel' : 'port'}: "${from} -> ${to}"`]
  if (relationships.length === 0)
    return [`a relationship of the processor "${from}", such as "${from}:success -> ${to}"`]
  // NiFi takes a relationship that is connected off those that are terminated, and would differ for ever.
  const ended = relationships.filter((name) => group.processors?.[key]?.terminate?.includes(name))
  return ended.map((name) => `the relationship "${name}" of "${from}" to be terminated or connected, not both`)
}
