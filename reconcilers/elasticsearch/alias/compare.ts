/**
 * Declared aliases beside live ones. Who is a member is compared exactly, for an alias that still finds an old index is
 * wrong; of what is said of a member only what is declared.
 * @module
 */
import type { FieldChange, Json } from '../../../src/contract.ts'
import { reportable } from '../../../src/parse/written-number.ts'
import type { Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { sameJson } from '../body/same.ts'
import { canonicalMember, memberFields, sameField } from './member.ts'
import { successorsOf } from './rollover.ts'
import { membersOf, type AliasSpec, type AliasState } from './state.ts'

/** One difference, as a report shows it and as a write carries it out. */
export interface AliasChange {
  readonly field: FieldChange
  readonly index: string
  /** The values to set, null to unset them; absent when the index is put into the alias or taken out of it. */
  readonly values?: Body
}

/** Declared fields that differ, and members that are to leave. Pure. */
export function compareAlias(spec: AliasSpec, state: AliasState | undefined): readonly FieldChange[] {
  return aliasChanges(spec, state).map(reported)
}

/** Fields of declared members that nobody declared, each as the change that would reset it. Pure. */
export function undeclaredAliasFields(spec: AliasSpec, state: AliasState): readonly FieldChange[] {
  return undeclaredChanges(spec, state).map(reported)
}

function reported({ field }: AliasChange): FieldChange {
  return { ...field, before: reportable(field.before), after: reportable(field.after) }
}

/** What `compareAlias` reports, with what a write needs. Pure. */
export function aliasChanges(spec: AliasSpec, state: AliasState | undefined): readonly AliasChange[] {
  const declared = membersOf(spec)
  const live = state?.members ?? new Map<string, Body>()
  const leaving = [...live].flatMap(([index, member]): AliasChange[] =>
    declared.has(index) ? [] : [{ index, field: { path: index, before: member, after: null, risk: 'safe' } }]
  )
  const staying = [...declared].flatMap(([index, member]): readonly AliasChange[] => {
    const actual = live.get(index)
    if (actual !== undefined) return fieldChanges(index, withImpliedWriteIndex(member, declared), actual)
    return [{ index, field: { path: index, before: null, after: canonicalMember(member), risk: 'safe' } }]
  })
  const successors = new Set(successorsOf([...declared.keys()], [...live.keys()]))
  return [...staying, ...leaving].map((change) => cautious(change, successors))
}

/** What `undeclaredAliasFields` reports, with what a write needs. Pure. */
export function undeclaredChanges(spec: AliasSpec, state: AliasState): readonly AliasChange[] {
  const declared = membersOf(spec)
  return [...declared].flatMap(([index, member]) => {
    const known = memberFields(withImpliedWriteIndex(member, declared))
    const extra = Object.entries(state.members.get(index) ?? {}).filter(([key, value]) => fieldOf(known, key) === undefined && !sameField(key, null, value))
    return extra.map(([key, before]): AliasChange => ({ index, values: { [key]: null }, field: { path: `${index}.${key}`, before, after: null, risk: 'safe' } }))
  })
}

/** There is one write index: where one is declared, no other member can be it. */
function withImpliedWriteIndex(member: Body, declared: ReadonlyMap<string, Body>): Body {
  if (member['is_write_index'] !== undefined) return member
  return [...declared.values()].some((other) => other['is_write_index'] === true) ? { ...member, is_write_index: null } : member
}

/** One change a field in its author's words: `routing` stays one field though the server keeps two. */
function fieldChanges(index: string, member: Body, live: Body): readonly AliasChange[] {
  return Object.keys(member).flatMap((name): AliasChange[] => {
    const values = valuesOf(member, name)
    const differs = Object.entries(values).some(([key, value]) => !isSame(key, value, fieldOf(live, key) ?? null))
    if (!differs) return []
    const field = { path: `${index}.${name}`, before: shownAs(values, live), after: shownAs(values, values), risk: 'safe' } as const
    return [{ index, values, field }]
  })
}

/** Unset and false both mean "not the write index" where another one is declared. */
function isSame(key: string, declared: Json, live: Json): boolean {
  return key === 'is_write_index' && declared === null ? live !== true : sameField(key, declared, live)
}

function valuesOf(member: Body, name: string): Body {
  const all = memberFields({ [name]: member[name] ?? null })
  return Object.fromEntries(Object.entries(all).filter(([key]) => key === name || member[key] === undefined))
}

/** One value where all have the same. */
function shownAs(values: Body, from: Body): Json {
  const shown = Object.fromEntries(Object.keys(values).map((key): [string, Json] => [key, fieldOf(from, key) ?? null]))
  const [first = null, ...others] = Object.values(shown)
  return others.every((other) => sameJson(first, other)) ? first : shown
}

/** Where rollover has moved the alias on, going back sends writes to an index that is done. */
function cautious(change: AliasChange, successors: ReadonlySet<string>): AliasChange {
  const [successor] = successors
  const isTouched = successors.has(change.index) || change.field.path.endsWith('.is_write_index')
  if (successor === undefined || !isTouched) return change
  const why = `"${successor}" looks like the next index of a rollover, and writes would go back to an older one; declare it, or leave the alias to rollover`
  return { ...change, field: { ...change.field, risk: 'disruptive', why } }
}
