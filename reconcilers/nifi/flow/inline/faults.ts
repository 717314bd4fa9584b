/**
 * What is wrong with a flow written by hand beyond the shape of its fields.
 * @module
 */
import { resolveConnections, type Fault } from './resolve.ts'
import { inlineParts, type InlineGroup } from './spec.ts'

/** Everything that keeps a group, or one inside it, from being compiled. Pure. */
export function inlineFaults(group: InlineGroup): readonly Fault[] {
  const inside = Object.entries(group.groups ?? {}).flatMap(([key, inner]) =>
    inlineFaults(inner).map(({ path, message }) => ({ path: ['groups', key, ...path], message }))
  )
  return [...sharedKeys(group), ...resolveConnections(group).faults, ...inside]
}

/** A key is all that identifies a component, whichever list it stands in. */
function sharedKeys(group: InlineGroup): readonly Fault[] {
  const lists = inlineParts.flatMap((part) =>
    part === 'connections' ? [] : Object.keys(group[part] ?? {}).map((key) => ({ part, key }))
  )
  return [...Map.groupBy(lists, ({ key }) => key)].flatMap(([key, [first, ...others]]) =>
    others.map(({ part }): Fault => ({
      path: [part, key],
      message: `another key than "${key}", which "${first?.part}" has already`
    }))
  )
}
