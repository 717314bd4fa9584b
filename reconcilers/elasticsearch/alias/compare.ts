/**
 * Declared aliases beside live ones. Who is a member is compared exactly, for an alias that still finds an old index is
 * wrong; of what is said of a member only what is declared.
 * @module
 */
import { type FieldChange, type Json, reportable } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { sameJson } from '../body/same.ts'
import { canonicalMember, memberFields, sameField } from './member.ts'
import { successorsOf } from './rollover.ts'
import { membersOf, type AliasSpec, type AliasState } from './state.ts'
import { lostWriteIndex, type Members } from './write-index.ts'

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
  return cautious([...staying, ...leaving], successorsOf([...declared.keys()], [...live.keys()]))
}

/** What `undeclaredAliasFields` reports, with what a write needs. Pure. */
export function undeclaredChanges(spec: AliasSpec, state: AliasState): readonly AliasChange[] {
  const declared = membersOf(spec)
  const resets = [...declared].flatMap(([index, member]) => {
    const known = memberFields(withImpliedWriteIndex(member, declared))
    const extra = Object.entries(state.members.get(index) ?? {}).filter(
      ([key, value]) => fieldOf(known, key) === undefined && !sameField(key, null, value)
    )
    return extra.map(([key, before]): AliasChange => ({
      index,
      values: { [key]: null },
      field: { path: `${index}.${key}`, before, after: null, risk: 'safe' }
    }))
  })
  const lost = lostWriteIndex(
    state.members,
    membersAfter(state, [...aliasChanges(spec, state), ...resets]),
    state.streams
  )
  if (lost === undefined) return resets
  const why = `writes go to "${lost}" now, and would be refused afterwards; declare which index is_write_index`
  return resets.map((change) =>
    change.index === lost ? { ...change, field: { ...change.field, risk: 'disruptive', why } } : change
  )
}

/** The members of the alias once these changes are made, in the form in which the server has them. Pure. */
export function membersAfter(state: AliasState, changes: readonly AliasChange[]): Members {
  const members = new Map(state.members)
  for (const { index, values, field } of changes) {
    const live = members.get(index)
    if (live === undefined && isBody(field.after)) members.set(index, field.after)
    else if (live !== undefined && values === undefined) members.delete(index)
    else if (live !== undefined) members.set(index, canonicalMember({ ...live, ...values }))
  }
  return members
}

/** There is one write index: where one is declared, no other member can be it. */
function withImpliedWriteIndex(member: Body, declared: ReadonlyMap<string, Body>): Body {
  if (member['is_write_index'] !== undefined) return member
  return [...declared.values()].some((other) => other['is_write_index'] === true)
    ? { ...member, is_write_index: null }
    : member
}

/** One change a field in its author's words: `routing` stays one field though the server keeps two. */
function fieldChanges(index: string, member: Body, live: Body): readonly AliasChange[] {
  return Object.keys(member).flatMap((name): AliasChange[] => {
    const values = valuesOf(member, name)
    const differs = Object.entries(values).some(([key, value]) => !isSame(key, value, fieldOf(live, key) ?? null))
    if (!differs) return []
    const field = {
      path: `${index}.${name}`,
      before: shownAs(values, live),
      after: shownAs(values, values),
      risk: 'safe'
    } as const
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

/**
 * Where rollover has moved the alias on, going back sends writes to an index that is done. An alias is one thing:
 * nothing of it is changed then, because a part alone would leave it with two indices and no write index.
 */
function cautious(changes: readonly AliasChange[], successors: readonly string[]): readonly AliasChange[] {
  const [successor] = successors
  const isTouched = changes.some(
    ({ index, field }) => successors.includes(index) || field.path.endsWith('.is_write_index')
  )
  if (successor === undefined || !isTouched) return changes
  const why = `"${successor}" looks like the next index of a rollover, and writes would go back to an older one; declare it, or leave the alias to rollover`
  return changes.map((change) => ({ ...change, field: { ...change.field, risk: 'disruptive', why } }))
}
