/**
 * Whether the connections of a definition lead from something to something.
 * @module
 */
import { endLabel } from './labels.ts'
import type { ComponentList, Group } from './model.ts'
import { groupsOf, join, listOf } from './parts.ts'
import type { Finding, Place, Placed } from './place.ts'
import { type Body, asBody, itemsOf, textOf } from '../../json.ts'

/** Connections of a group whose source or destination is not there, or is of another kind than they say. Pure. */
export function connectionFindings(place: Place): readonly Finding[] {
  const sources = endsOf(place.group, 'outputPorts')
  const destinations = endsOf(place.group, 'inputPorts')
  const connections = place.parts.filter(({ list }) => list === 'connections')
  return connections.flatMap((connection) => [
    ...endFindings(place, connection, 'source', sources),
    ...endFindings(place, connection, 'destination', destinations)
  ])
}

/** Kinds of components by identifier. */
type Ends = ReadonlyMap<string, readonly string[]>

function endFindings(
  { names }: Place,
  { component, path, label }: Placed,
  side: 'source' | 'destination',
  ends: Ends
): readonly Finding[] {
  const end = asBody(component[side])
  const [id, type] = [textOf(end['id']), textOf(end['type'])]
  const types = ends.get(id)
  if (id === '')
    return [
      dangling(
        join(path, side, 'id'),
        `expected the identifier of a component, found none for the connection "${label}"`
      )
    ]
  if (types === undefined) {
    const expected = 'a component of the group, or a port of a group in it'
    return [
      dangling(
        join(path, side),
        `expected ${expected}, found "${endLabel(end, names)}", which is neither, for the connection "${label}"`
      )
    ]
  }
  if (types.includes(type)) return []
  return [
    dangling(
      join(path, side, 'type'),
      `expected ${types.join(' or ')}, found ${type === '' ? 'nothing' : `"${type}"`} for the connection "${label}"`
    )
  ]
}

function dangling(path: string, message: string): Finding {
  return { severity: 'error', path, code: 'DANGLING_CONNECTION', message }
}

const own: readonly (readonly [ComponentList, string])[] = [
  ['processors', 'PROCESSOR'],
  ['inputPorts', 'INPUT_PORT'],
  ['outputPorts', 'OUTPUT_PORT'],
  ['funnels', 'FUNNEL']
]

/** What a connection may begin or end at, by identifier: a group is entered by its input ports and left by its output ports. */
function endsOf(group: Group, portsOfInner: 'inputPorts' | 'outputPorts'): Ends {
  const type = portsOfInner === 'inputPorts' ? 'INPUT_PORT' : 'OUTPUT_PORT'
  const remote = listOf(group, 'remoteProcessGroups').flatMap((each) =>
    itemsOf(each[portsOfInner]).map((port) => [idOf(asBody(port)), `REMOTE_${type}`] as const)
  )
  const inner = groupsOf(group).flatMap((each) =>
    listOf(each, portsOfInner).map((port) => [port.identifier, type] as const)
  )
  const all = [
    ...own.flatMap(([list, kind]) => listOf(group, list).map(({ identifier }) => [identifier, kind] as const)),
    ...inner,
    ...remote
  ]
  return new Map(
    [...Map.groupBy(all, ([identifier]) => identifier)].map(([identifier, kinds]) => [
      identifier,
      [...new Set(kinds.map(([, kind]) => kind))]
    ])
  )
}

function idOf(port: Body): string {
  return textOf(port['identifier'])
}
