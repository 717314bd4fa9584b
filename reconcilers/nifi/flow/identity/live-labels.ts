/**
 * What people call the parts of a live group: NiFi speaks of them by their live ids.
 * @module
 */
import { labelsOf, namesById, remotePorts, type NamesById } from '../definition/labels.ts'
import { componentLists, type Component, type Group } from '../definition/model.ts'
import type { List, Words } from './words.ts'
import { textOf } from '../../json.ts'

/** `processors.gen`, `groups.inner.connections.a -> b`, by live id. */
export type Labels = ReadonlyMap<string, string>

/** Pure. */
export function labelsByLiveId(group: Group, words: Words): Labels {
  return new Map(entriesOf(group, words, namesById(words, group), ''))
}

/** A text of NiFi's with the labels of components in place of their ids. Pure. */
export function withLabels(text: string, labels: Labels): string {
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi, (id) => labels.get(id) ?? id)
}

function entriesOf(group: Group, words: Words, names: NamesById, at: string): readonly (readonly [string, string])[] {
  const inner = group.processGroups ?? []
  const labelled = (list: List, components: readonly Component[]): readonly (readonly [string, string])[] => {
    const labels = labelsOf(words, list, components, names)
    return components.flatMap(({ identifier, instanceIdentifier: id }) =>
      typeof id === 'string' ? [[id, `${at}${words.list(list)}.${labels.get(identifier) ?? identifier}`] as const] : []
    )
  }
  const groups = labelled('processGroups', inner)
  const paths = new Map(groups)
  const remotes = labelled('remoteProcessGroups', group.remoteProcessGroups ?? [])
  return [
    ...componentLists.flatMap((list) => labelled(list, group[list] ?? [])),
    ...(group.remoteProcessGroups ?? []).flatMap((remote) =>
      portEntries(remote, new Map(remotes).get(textOf(remote['instanceIdentifier'])) ?? at)
    ),
    ...groups,
    ...inner.flatMap((each) =>
      entriesOf(each, words, names, `${paths.get(textOf(each['instanceIdentifier'])) ?? `${at}${each.identifier}`}.`)
    )
  ]
}

/** Ports of a remote process group, by its path. */
function portEntries(remote: Component, path: string): readonly (readonly [string, string])[] {
  return remotePorts(remote).flatMap(({ instanceIdentifier: id, name }) =>
    typeof id === 'string' ? [[id, `${path}.${textOf(name)}`] as const] : []
  )
}
