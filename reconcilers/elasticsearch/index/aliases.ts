/**
 * The part of one index in its aliases.
 * @module
 */
import type { FieldChange } from '../../../src/contract.ts'
import { reportable } from '../../../src/parse/written-number.ts'
import { isBody, type Body } from '../body.ts'
import { canonicalMember, sameMember } from '../alias/member.ts'

/** Aliases that are missing or differ, each as a whole. Pure. */
export function compareIndexAliases(declared: Readonly<Record<string, Body>>, live: Body | undefined): readonly FieldChange[] {
  return Object.entries(declared).flatMap(([alias, member]): FieldChange[] => {
    const actual = live !== undefined && Object.hasOwn(live, alias) ? live[alias] : undefined
    const before = isBody(actual) ? canonicalMember(actual) : null
    if (before !== null && sameMember(member, before)) return []
    return [{ path: `aliases.${alias}`, before: reportable(before), after: reportable(canonicalMember(member)), risk: 'safe' }]
  })
}
