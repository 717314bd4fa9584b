/**
 * Identifiers that a definition gives to another component than the live one that has them: NiFi takes such a definition by half,
 * and says at most that it failed. Measured on 1.18 and 2.3 for each pair of kinds, and for each way from group to group.
 * @module
 */
import { componentLists, type Component, type Content, type Group } from '../definition/model.ts'
import { groupsOf, join, listOf } from '../definition/parts.ts'
import { wordsOf, type List } from '../identity/words.ts'

const lists: readonly List[] = [...componentLists, 'processGroups']

/** Kinds that NiFi 2 makes a second time, without their identifier, when they move to a group around their own. */
const staying: readonly List[] = [
  'inputPorts',
  'outputPorts',
  'funnels',
  'labels',
  'remoteProcessGroups',
  'processGroups'
]

/** A component and where it is. */
interface Spot {
  readonly list: List
  readonly identifier: string
  /** Identifiers of the groups around it, the outermost first. */
  readonly groups: readonly string[]
}

/** Why the whole flow waits; undefined: no identifier is used again. Pure. */
export function whyReused(content: Content, live: Group): string | undefined {
  const [declared, present] = [spotsIn(content.group), spotsIn(live)]
  const [kept, there] = [new Set(declared.map(keyOf)), new Set(present.map(keyOf))]
  const leaving = Map.groupBy(
    present.filter((spot) => !kept.has(keyOf(spot))),
    ({ identifier }) => identifier
  )
  const pairs = declared.flatMap((spot) => {
    if (there.has(keyOf(spot))) return []
    const before = (leaving.get(spot.identifier) ?? []).find(
      (other) => other.list !== spot.list || (staying.includes(spot.list) && isAround(spot, other))
    )
    return before === undefined ? [] : [[before, spot] as const]
  })
  if (pairs.length === 0) return undefined
  const words = wordsOf(content)
  const name = content.form === 'inline' ? 'key' : 'identifier'
  const say = ({ list, identifier, groups }: Spot): string =>
    join(...groups.flatMap((group) => [words.list('processGroups'), group]), words.list(list), identifier)
  const found = pairs.map(([before, spot]) => `${say(spot)} has the ${name} of ${say(before)}`).join(', ')
  return `${found}: NiFi takes half of a definition in which another component has it; declare the new one under another ${name}, and what leads to it likewise`
}

/** Whether the group of the first is one around the group of the second. */
function isAround({ groups }: Spot, inner: Spot): boolean {
  return groups.length < inner.groups.length && groups.every((group, index) => group === inner.groups[index])
}

function spotsIn(group: Group, groups: readonly string[] = []): readonly Spot[] {
  const own = lists.flatMap((list) => {
    const components: readonly Component[] = list === 'processGroups' ? groupsOf(group) : listOf(group, list)
    return components.map(({ identifier }) => ({ list, identifier, groups }))
  })
  return [...own, ...groupsOf(group).flatMap((inner) => spotsIn(inner, [...groups, inner.identifier]))]
}

function keyOf({ list, identifier, groups }: Spot): string {
  return JSON.stringify([groups, list, identifier])
}
