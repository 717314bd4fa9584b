/**
 * Properties that somebody has set since the group was taken as a whole, where NiFi does not tell them from defaults.
 * @module
 */
import { digestsOf } from '../definition/canonical.ts'
import { mergeGroups } from '../definition/merge.ts'
import type { Component, Group } from '../definition/model.ts'
import { groupsOf, listOf } from '../definition/parts.ts'
import { readComments } from '../identity/marker.ts'
import { rememberedDigest } from '../identity/remembered-digest.ts'
import type { Words } from '../identity/words.ts'
import { asBody, fieldOf, isBody, textOf } from '../../json.ts'

const lists = ['processors', 'controllerServices'] as const

/** A large flow is not searched for longer than it takes to read it. */
const mostAttempts = 500

/**
 * The declared group, with properties set by hand declared unset. NiFi 1 does not tell a dynamic property from the default
 * of one that the file leaves out. The marker does: when the live group without a property is the very group it remembers,
 * then the property was not there, or not set. One or two of the same component are found; a group that has changed in
 * other ways that the declaration does not explain, as after an update of NiFi, proves nothing and is left alone. Pure.
 */
export function unsetByHand(desired: Group, live: Group, words: Words): Group {
  const { marker } = readComments(textOf(live['comments']))
  if (marker?.live === undefined || marker.live === rememberedDigest(live)) return desired
  const suspects = suspectsIn(desired, live)
  if (suspects.length === 0) return desired
  // What was changed by hand beside it is told by the declaration.
  const bases = [...new Set([live, mergeGroups(desired, live, () => true, words)])].map((group) => ({
    digestWith: digestsOf(group),
    components: configuredIn(group)
  }))
  for (const { key, list, names } of attempts(suspects)) {
    const isProof = bases.some(({ digestWith, components }) => {
      const component = components.get(key)?.component
      return component !== undefined && digestWith(list, component, unset(component, names)) === marker.live
    })
    if (isProof) return edit(desired, key, (component) => unset(component, names))
  }
  return desired
}

/** Properties of one component, which its path names. */
interface Suspect {
  readonly key: string
  readonly list: (typeof lists)[number]
  readonly names: readonly string[]
}

/** What the file leaves out, is set, and looks as a dynamic property does: NiFi shows those by the name they have. */
function suspectsIn(desired: Group, live: Group): readonly Suspect[] {
  const declared = configuredIn(desired)
  return [...configuredIn(live)].flatMap(([key, { list, component }]) => {
    const wanted = declared.get(key)?.component
    if (wanted === undefined) return []
    const names = Object.entries(asBody(component['properties'])).flatMap(([name, value]) => {
      const descriptor = fieldOf(asBody(component['propertyDescriptors']), name)
      const isOpen =
        isBody(descriptor) &&
        descriptor['dynamic'] === undefined &&
        descriptor['sensitive'] !== true &&
        (descriptor['displayName'] ?? name) === name
      return value !== null && isOpen && !Object.hasOwn(asBody(wanted['properties']), name) ? [name] : []
    })
    return names.length === 0 ? [] : [{ key, list, names }]
  })
}

/** Each alone, then each two of a component. */
function attempts(suspects: readonly Suspect[]): readonly Suspect[] {
  const alone = suspects.flatMap((suspect) => suspect.names.map((name) => ({ ...suspect, names: [name] })))
  const pairs = suspects.flatMap((suspect) =>
    suspect.names.flatMap((name, index) =>
      suspect.names.slice(index + 1).map((other) => ({ ...suspect, names: [name, other] }))
    )
  )
  return [...alone, ...pairs].slice(0, mostAttempts)
}

type Configured = Pick<Suspect, 'list'> & { readonly component: Component }

/** Everything with properties, by its path. */
function configuredIn(group: Group, at = ''): ReadonlyMap<string, Configured> {
  const own = lists.flatMap((list) =>
    listOf(group, list).map((component) => [keyOf(at, list, component), { list, component }] as const)
  )
  return new Map([...own, ...groupsOf(group).flatMap((inner) => [...configuredIn(inner, `${at}${inner.identifier}/`)])])
}

function edit<G extends Group>(group: G, key: string, change: (component: Component) => Component, at = ''): G {
  const own = lists.map(
    (list) =>
      [
        list,
        group[list]?.map((component) => (keyOf(at, list, component) === key ? change(component) : component))
      ] as const
  )
  const inner = group.processGroups?.map((each) => edit(each, key, change, `${at}${each.identifier}/`))
  return {
    ...group,
    ...Object.fromEntries(own.filter(([, components]) => components !== undefined)),
    ...(inner && { processGroups: inner })
  }
}

function keyOf(at: string, list: string, { identifier }: Component): string {
  return `${at}${list}/${identifier}`
}

/** A canonical form has no properties that are null. */
function unset(component: Component, names: readonly string[]): Component {
  return {
    ...component,
    properties: Object.fromEntries([
      ...Object.entries(asBody(component['properties'])),
      ...names.map((name) => [name, null] as const)
    ])
  }
}
