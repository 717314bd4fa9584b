/**
 * What people call the components of a definition.
 * @module
 */
import type { List, Words } from '../identity/words.ts'
import type { Component, Group } from './model.ts'
import { componentLists } from './model.ts'
import { groupsOf, listOf } from './parts.ts'
import { type Body, asBody, itemsOf, textOf } from '../../json.ts'

/** Names of everything in groups and below them, by identifier; what an earlier group names wins. */
export type NamesById = ReadonlyMap<string, string>

/** Names by identifier, as the ends of connections and the values of properties refer to them. Pure. */
export function namesById(words: Words, ...groups: readonly Group[]): NamesById {
  const names = new Map<string, string>()
  const add = (list: List, component: Component): void => {
    if (!names.has(component.identifier)) names.set(component.identifier, plainLabel(words, list, component, names))
  }
  const addAll = (group: Group): void => {
    for (const list of componentLists) {
      if (list !== 'connections') listOf(group, list).forEach((component) => add(list, component))
    }
    for (const remote of listOf(group, 'remoteProcessGroups'))
      remotePorts(remote).forEach((port) => names.set(textOf(port['identifier']), textOf(port['name'])))
    for (const inner of groupsOf(group)) {
      add('processGroups', inner)
      addAll(inner)
    }
  }
  groups.forEach(addAll)
  return names
}

/** Ports of a remote group, which connections of the group around it end in. */
export function remotePorts(remote: Component): readonly Body[] {
  return [...itemsOf(remote['inputPorts']), ...itemsOf(remote['outputPorts'])].map((port) => asBody(port))
}

/**
 * Labels of the components of one list by identifier: the author's key, or else the name, with ` (identifier)` where the
 * name is not unique or is the beginning of another one up to a dot, so that a path names one component. Pure.
 */
export function labelsOf(
  words: Words,
  list: List,
  components: readonly Component[],
  names: NamesById
): ReadonlyMap<string, string> {
  const keys = new Map(
    components.flatMap((component) => keyOf(words, list, component).map((key) => [component.identifier, key] as const))
  )
  const labels = components.map(
    (component) => [component.identifier, keys.get(component.identifier) ?? nameOf(list, component, names)] as const
  )
  const [clashing, twice] = [clashes(labels.map(([, label]) => label)), repeated([...keys.values()])]
  return new Map(
    labels.map(([identifier, label]) => [
      identifier,
      (keys.has(identifier) ? twice : clashing).has(label) ? `${label} (${identifier})` : label
    ])
  )
}

/** The label of one component where nothing has to be told apart. Pure. */
export function plainLabel(words: Words, list: List, component: Component, names: NamesById): string {
  return keyOf(words, list, component)[0] ?? nameOf(list, component, names)
}

/** The author's key, if he has one; what was made on the canvas has an identifier of NiFi's and no key. */
function keyOf(words: Words, list: List, component: Component): readonly string[] {
  const key = words.component(list, component) ?? ''
  return key === '' || uuid.test(key) ? [] : [key]
}

function nameOf(list: List, component: Component, names: NamesById): string {
  if (list === 'connections') return textOf(component['name']) || route(component, names)
  const text = list === 'labels' ? firstWords(textOf(component['label'])) : textOf(component['name'])
  return text || component.identifier
}

/** What an end of a connection is called. Pure. */
export function endLabel(end: Body, names: NamesById): string {
  return names.get(textOf(end['id'])) ?? (textOf(end['name']) || textOf(end['id']))
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** `gen:success -> log`; ports and funnels have one way out, which needs no name. */
function route(connection: Body, names: NamesById): string {
  const relationships = itemsOf(connection['selectedRelationships'])
    .map(textOf)
    .filter((name) => name !== '')
  const [source, destination] = [asBody(connection['source']), asBody(connection['destination'])]
  const from = relationships.length === 0 ? '' : `:${relationships.toSorted().join(',')}`
  return `${endLabel(source, names)}${from} -> ${endLabel(destination, names)}`
}

function firstWords(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

function repeated(labels: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(labels.filter((label) => seen.size === seen.add(label).size))
}

/** Labels that occur twice, and pairs of which one goes on with a dot where the other ends. */
function clashes(labels: readonly string[]): ReadonlySet<string> {
  const all = new Set(labels)
  const found = new Set(repeated(labels))
  for (const label of all) {
    for (let dot = label.indexOf('.'); dot !== -1; dot = label.indexOf('.', dot + 1)) {
      const start = label.slice(0, dot)
      if (all.has(start)) found.add(start).add(label)
    }
  }
  return found
}
