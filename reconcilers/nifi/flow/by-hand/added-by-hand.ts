/**
 * What people put into a group of ours: it is never removed just because a file does not know it.
 * @module
 */
import type { Difference } from '../definition/compare.ts'
import { componentLists, type Content, type Group } from '../definition/model.ts'
import { ownIdentifier } from '../references/outside-services.ts'
import { rememberedDigest } from '../identity/remembered-digest.ts'
import type { FlowState } from '../state.ts'
import type { Body } from '../../json.ts'

/**
 * Why the whole flow waits: it holds something that the definition would remove and that we did not put there. That is so
 * in a group that is not marked yet, and while the definition is the one that was taken as a whole. Where it is another one
 * by now and the group too, or was never taken as a whole, what NiFi itself gave its identifier to was made by hand.
 * Undefined: nothing of the kind. Pure.
 */
export function whyByHand(
  { group }: Content,
  { marker, definition }: FlowState,
  differences: readonly Difference[]
): string | undefined {
  const removed = differences.filter(({ change }) => change === 'removed').map(({ path }) => path)
  if (removed.length === 0 || definition === undefined) return undefined
  const names = removed.join(', ')
  if (marker === undefined) return `${names}: in the group and not declared; adopting the group would remove it`
  const isByHand =
    isAsWritten(group, marker) || (marker.live !== rememberedDigest(definition) && holdsHandmade(group, definition))
  return isByHand ? `${names}: added by hand, would be removed` : undefined
}

/** Whether the definition is the one that NiFi took as a whole: what differs was changed in the group. Pure. */
export function isAsWritten(group: Group, marker: FlowState['marker']): boolean {
  return marker?.live !== undefined && marker.desired === rememberedDigest(group)
}

/** Whether something is live only that was made on the canvas. What is taken from a file keeps the identifier of the file. */
function holdsHandmade(desired: Group, live: Group): boolean {
  const declared = new Set(everythingIn(desired).map(({ identifier }) => identifier))
  return everythingIn(live).some(
    ({ identifier, instanceIdentifier: instance }) =>
      !declared.has(identifier) && typeof instance === 'string' && identifier === ownIdentifier(instance)
  )
}

/** All components and inner groups. */
function everythingIn(group: Group): readonly Body[] {
  const inner = group.processGroups ?? []
  return [
    ...componentLists.flatMap((list): readonly Body[] => group[list] ?? []),
    ...inner,
    ...inner.flatMap(everythingIn)
  ]
}
