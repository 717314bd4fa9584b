/**
 * Connections that a new definition takes away, with whatever is queued in them.
 * @module
 */
import { fileWords, type Words } from '../identity/words.ts'
import { endLabel, labelsOf, namesById, type NamesById } from './labels.ts'
import type { Component, Group } from './model.ts'
import { groupsOf, join, listOf } from './parts.ts'
import { asBody, textOf } from '../../json.ts'

export interface RemovedConnection {
  /** Of the live connection, as NiFi's requests and refusals name it. */
  readonly id: string
  /** Path of the connection in the author's words. */
  readonly label: string
  /** The live component it leads from and the one it leads to; `name` is what people call it. */
  readonly source: LiveEnd
  readonly destination: LiveEnd
  /** Id of the live group it is in. */
  readonly groupId: string
}

/** One end of a live connection. */
export interface LiveEnd {
  readonly id: string
  /** `PROCESSOR`, `INPUT_PORT`, `OUTPUT_PORT`, `FUNNEL`, `REMOTE_INPUT_PORT` or `REMOTE_OUTPUT_PORT`. */
  readonly type: string
  readonly name: string
}

/**
 * Connections that are live and not in the merged group, also with the group around them. One that comes from another
 * source is among them: NiFi makes a new one in its place. Source: StandardVersionedComponentSynchronizer. Pure.
 */
export function removedConnections(live: Group, merged: Group, words: Words = fileWords): readonly RemovedConnection[] {
  return removedIn({ words, names: namesById(words, live), at: '' }, live, merged)
}

interface Place {
  readonly words: Words
  readonly names: NamesById
  readonly at: string
}

function removedIn({ words, names, at }: Place, live: Group, merged: Group | undefined): readonly RemovedConnection[] {
  const sources = new Map(
    (merged === undefined ? [] : listOf(merged, 'connections')).map((connection) => [
      connection.identifier,
      sourceOf(connection)
    ])
  )
  const connections = listOf(live, 'connections')
  const labels = labelsOf(words, 'connections', connections, names)
  const groups = labelsOf(words, 'processGroups', groupsOf(live), names)
  const own = connections.flatMap((connection) => {
    if (sources.get(connection.identifier) === sourceOf(connection)) return []
    const label = join(at, words.list('connections'), labels.get(connection.identifier) ?? connection.identifier)
    return [
      {
        id: liveId(connection),
        label,
        source: endOf(connection, 'source', names),
        destination: endOf(connection, 'destination', names),
        groupId: textOf(live['instanceIdentifier'])
      }
    ]
  })
  const inner = groupsOf(live).flatMap((group) => {
    const path = join(at, words.list('processGroups'), groups.get(group.identifier) ?? group.identifier)
    const other =
      merged === undefined ? undefined : groupsOf(merged).find(({ identifier }) => identifier === group.identifier)
    return removedIn({ words, names, at: path }, group, other)
  })
  return [...own, ...inner]
}

function sourceOf(connection: Component): string {
  return textOf(asBody(connection['source'])['id'])
}

function liveId(component: Component): string {
  return textOf(component['instanceIdentifier']) || component.identifier
}

function endOf(connection: Component, side: 'source' | 'destination', names: NamesById): LiveEnd {
  const end = asBody(connection[side])
  return {
    id: textOf(end['instanceIdentifier']) || textOf(end['id']),
    type: textOf(end['type']),
    name: endLabel(end, names)
  }
}
