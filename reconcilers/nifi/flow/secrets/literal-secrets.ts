/**
 * Secrets written into properties of a flow. A file written by hand does not say which properties are sensitive; live
 * components of the same type do, and so does what NiFi tells of its types.
 * @module
 */
import { labelsOf, namesById, type NamesById } from '../definition/labels.ts'
import type { Group } from '../definition/model.ts'
import { groupsOf, join, listOf, sameType } from '../definition/parts.ts'
import { isReference, isSensitive } from '../definition/properties.ts'
import type { Sensitive } from './sensitive-properties.ts'
import type { Words } from '../identity/words.ts'
import { asBody, textOf } from '../../json.ts'

export interface LiteralSecret {
  /** `processors.call.properties.Password`. */
  readonly path: string
  readonly code: 'SENSITIVE_VALUE'
  /** Never says the value. */
  readonly message: string
}

const lists = ['processors', 'controllerServices'] as const
const message =
  'expected a reference to a sensitive parameter, as #{password}, found a literal of a property this NiFi keeps secret; it cannot be compared with what is live, and a secret does not belong in this file'

/** Properties that are not references and that a live component of the same type keeps secret. `desired` has internal names. Pure. */
export function literalSecrets(desired: Group, live: Iterable<Group>, words: Words): readonly LiteralSecret[] {
  return literalsOf(desired, sensitiveIn(live), words)
}

/** The same by what NiFi tells of its types. Pure. */
export function literalsOf(desired: Group, sensitive: Sensitive, words: Words): readonly LiteralSecret[] {
  return sensitive.size === 0 ? [] : findIn(desired, { sensitive, words, names: namesById(words, desired) }, '')
}

/** Whether any type in the group has a sensitive property. Pure. */
export function hasSensitive(group: Group): boolean {
  return sensitiveIn([group]).size > 0
}

function sensitiveIn(groups: Iterable<Group>): Sensitive {
  const sensitive = new Map<string, Set<string>>()
  for (const group of groups) collect(group, sensitive)
  return sensitive
}

function collect(group: Group, into: Map<string, Set<string>>): void {
  for (const component of lists.flatMap((list) => listOf(group, list))) {
    const found = Object.keys(asBody(component['propertyDescriptors'])).filter((name) => isSensitive(component, name))
    if (found.length === 0) continue
    const type = textOf(component['type'])
    into.set(type, new Set([...(into.get(type) ?? []), ...found]))
  }
  for (const inner of groupsOf(group)) collect(inner, into)
}

interface Known {
  readonly sensitive: Sensitive
  readonly words: Words
  readonly names: NamesById
}

function findIn(group: Group, known: Known, at: string): readonly LiteralSecret[] {
  const { sensitive, words, names } = known
  const own = lists.flatMap((list) => {
    const components = listOf(group, list)
    const labels = labelsOf(words, list, components, names)
    return components.flatMap((component) => {
      const secret = [...sensitive]
        .filter(([type]) => sameType(textOf(component['type']), type))
        .flatMap(([, properties]) => [...properties])
      const literals = Object.entries(asBody(component['properties'])).filter(
        ([name, value]) => secret.includes(name) && value !== null && !isReference(value)
      )
      return literals.map(([name]): LiteralSecret => ({
        path: join(at, words.list(list), labels.get(component.identifier) ?? component.identifier, 'properties', name),
        code: 'SENSITIVE_VALUE',
        message
      }))
    })
  })
  const inner = groupsOf(group)
  const labels = labelsOf(words, 'processGroups', inner, names)
  return [
    ...own,
    ...inner.flatMap((each) =>
      findIn(each, known, join(at, words.list('processGroups'), labels.get(each.identifier) ?? each.identifier))
    )
  ]
}
