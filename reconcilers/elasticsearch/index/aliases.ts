/**
 * The part of one index in its aliases.
 * @module
 */
import { type FieldChange, reportable } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { canonicalMember, sameMember } from '../alias/member.ts'
import { sharedHazard, type SharedAlias } from '../alias/shared.ts'

/** Aliases that are missing or differ, each as a whole. One that others would lose by it is never changed. Pure. */
export function compareIndexAliases(
  declared: Readonly<Record<string, Body>>,
  live: Body | undefined,
  shared?: ReadonlyMap<string, SharedAlias>
): readonly FieldChange[] {
  return Object.entries(declared).flatMap(([alias, member]): FieldChange[] => {
    const actual = live !== undefined && Object.hasOwn(live, alias) ? live[alias] : undefined
    const before = isBody(actual) ? canonicalMember(actual) : null
    if (before !== null && sameMember(member, before)) return []
    const about = shared?.get(alias)
    const hazard: Pick<FieldChange, 'risk' | 'why'> = (about && sharedHazard(alias, about)) ?? { risk: 'safe' }
    return [
      { path: `aliases.${alias}`, before: reportable(before), after: reportable(canonicalMember(member)), ...hazard }
    ]
  })
}
