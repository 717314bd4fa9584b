/**
 * Where the parts of a definition stand, as its author finds them.
 * @module
 */
import type { Problem } from '../../../../src/plugin.ts'
import type { List, Words } from '../identity/words.ts'
import { labelsOf, type NamesById } from './labels.ts'
import { componentLists, type Component, type Group } from './model.ts'
import { groupsOf, join, listOf } from './parts.ts'
import { textOf } from '../../json.ts'

/** A finding about a definition; `path` is that of the file, or in the words of the inline form. */
export type Finding = Pick<Problem, 'severity' | 'path' | 'code' | 'message'>

/** A component of a group, its path and what people call it. */
export interface Placed {
  readonly list: List
  readonly component: Component
  readonly path: string
  readonly label: string
}

/** A group of the definition, and what holds for everything in it. */
export interface Place {
  readonly group: Group
  readonly names: NamesById
  /** Everything directly in it, inner groups included. */
  readonly parts: readonly Placed[]
  /** Identifiers of the services that its components may use. */
  readonly services: ReadonlySet<string>
  /** List and identifier of everything in the groups around it. */
  readonly around: ReadonlySet<string>
  /** Whether a parameter can have a value here, as far as the definition tells. */
  readonly isBound: boolean
}

/** How the parts of a definition are named. */
export interface Naming {
  readonly words: Words
  readonly names: NamesById
  /** A file is pointed into by positions, the inline form by keys. */
  readonly isFile: boolean
}

const lists: readonly List[] = [...componentLists, 'processGroups']

/** The whole definition, group by group, the top one first; `services` are those from outside. Pure. */
export function placesOf(naming: Naming, group: Group, services: ReadonlySet<string>): readonly Place[] {
  // The item may bind the top group.
  return placesIn(
    naming,
    { group, path: naming.isFile ? 'flowContents' : '', isBound: true, around: new Set() },
    services
  )
}

interface Spot {
  readonly group: Group
  readonly path: string
  readonly isBound: boolean
  readonly around: ReadonlySet<string>
}

/** Tells a component from those in other lists. */
export function listedAs({ list, component }: Pick<Placed, 'list' | 'component'>): string {
  return `${list} ${component.identifier}`
}

function placesIn(
  naming: Naming,
  { group, path, isBound, around }: Spot,
  outer: ReadonlySet<string>
): readonly Place[] {
  const parts = lists.flatMap((list) => partsOf(naming, group, list, path))
  const services = new Set([...outer, ...listOf(group, 'controllerServices').map(({ identifier }) => identifier)])
  const inside = new Set([...around, ...parts.map(listedAs)])
  const inner = groupsOf(group).flatMap((child, index) => {
    const own = parts.filter(({ list }) => list === 'processGroups')[index]
    return placesIn(
      naming,
      { group: child, path: own?.path ?? path, isBound: textOf(child['parameterContextName']) !== '', around: inside },
      services
    )
  })
  return [{ group, names: naming.names, parts, services, around, isBound }, ...inner]
}

function partsOf({ words, names, isFile }: Naming, group: Group, list: List, at: string): readonly Placed[] {
  const components: readonly Component[] = list === 'processGroups' ? groupsOf(group) : listOf(group, list)
  const labels = labelsOf(words, list, components, names)
  return components.map((component, index) => {
    const label = labels.get(component.identifier) ?? component.identifier
    return { list, component, label, path: isFile ? join(at, list, String(index)) : join(at, words.list(list), label) }
  })
}
