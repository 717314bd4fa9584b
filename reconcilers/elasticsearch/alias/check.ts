/**
 * Rules over declared aliases that need no comparison of fields.
 * @module
 */
import { type CheckContext, type Desired, didYouMean, type Remark } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { aliasNameFault, indexNameFault, nameRemarks } from '../names.ts'
import { declaredAliases } from './inline.ts'
import { canonicalMember } from './member.ts'
import { membersOf, type AliasFacts, type AliasSpec, type AliasState } from './state.ts'
import { lostWriteIndex } from './write-index.ts'

type Alias = Desired<AliasSpec>
type Context = CheckContext<AliasState, AliasFacts>

/** All remarks about all aliases; those about what is live only when it was observed. Pure. */
export function checkAliases(desired: readonly Alias[], context: Context): readonly Remark[] {
  const inline = inlineOwners(context)
  return [
    ...nameRemarks(desired, aliasNameFault),
    ...desired.flatMap((alias) => [
      ...checkTaken(alias, context),
      ...checkInline(alias, inline.get(alias.name)),
      ...checkWriteIndex(alias),
      ...checkWriters(alias, context),
      ...checkHidden(alias),
      ...[...membersOf(alias.spec).keys()].flatMap((index) => checkMember(alias.name, index, context))
    ])
  ]
}

/** A name stands for one thing only: MetadataIndexAliasesService and AliasValidator refuse the others. */
function checkTaken({ name }: Alias, { declared, observed }: Context): Remark[] {
  const invalid = (what: string): Remark[] => {
    const message = `expected a name of its own, found "${name}", which is ${what} too; rename one`
    return [{ name, verdict: 'invalid', code: 'NAME_TAKEN', path: [], message }]
  }
  if (isDeclared(declared, 'index', name)) return invalid('a declared index')
  if (isDeclared(declared, 'data-stream', name)) return invalid('a declared data stream')
  if (observed?.facts.indices.has(name) === true) return invalid('a live index')
  return observed?.facts.dataStreams.has(name) === true ? invalid('a live data stream') : []
}

/** Both would write the alias, each its own way. */
function checkInline({ name }: Alias, owner: Desired<unknown> | undefined): Remark[] {
  if (owner === undefined) return []
  const { file, line } = owner.at
  const message = `expected one declaration of the alias, found "${name}" here and under "aliases" of the index "${owner.name}" (${file}:${line}); remove one`
  return [{ name, verdict: 'invalid', code: 'DECLARED_TWICE', path: [], message }]
}

function checkWriteIndex({ name, spec }: Alias): Remark[] {
  const [, second] = [...membersOf(spec)].filter(([, member]) => member['is_write_index'] === true)
  if (second === undefined) return []
  const message = `expected at most one write index, found another one in "${second[0]}"`
  return [{ name, verdict: 'invalid', code: 'WRITE_INDEX', path: [second[0], 'is_write_index'], message }]
}

/** It is what the author says, and writers should not be surprised. */
function checkWriters({ name, spec }: Alias, { observed }: Context): Remark[] {
  const live = observed?.items.get(name)
  if (live === undefined || 'refused' in live) return []
  const lost = lostWriteIndex(
    live.state.members,
    new Map([...membersOf(spec)].map(([index, member]) => [index, canonicalMember(member)])),
    live.state.streams
  )
  if (lost === undefined) return []
  const now = `writes through the alias go to "${lost}" now, and are refused as soon as the alias is as declared`
  const message = `${now}; declare is_write_index on the index that should take them`
  return [{ name, verdict: 'warn', code: 'NO_WRITE_INDEX', path: [], message }]
}

function checkHidden({ name, spec }: Alias): Remark[] {
  const members = [...membersOf(spec)]
  const odd = members.find(([, member]) => !isHidden(member))
  if (odd === undefined || !members.some(([, member]) => isHidden(member))) return []
  const message = `expected is_hidden to be the same for all indices of an alias, found it true elsewhere and not in "${odd[0]}"`
  return [{ name, verdict: 'invalid', code: 'HIDDEN', path: [odd[0]], message }]
}

function isHidden(member: Body): boolean {
  return member['is_hidden'] === true
}

function checkMember(name: string, index: string, context: Context): Remark[] {
  const fault = indexNameFault(index)
  if (fault !== undefined) return [{ name, verdict: 'invalid', code: 'NAME', path: [index], message: fault }]
  const behind = context.observed?.facts.aliases.get(index)
  if (behind !== undefined) {
    const message = `expected an index or a data stream, found the alias "${index}" of ${behind.join(', ')}; name what is behind it`
    return [{ name, verdict: 'hold', code: 'ALIAS_OF_ALIAS', path: [index], message }]
  }
  return checkExistence(name, index, context)
}

function checkExistence(name: string, index: string, { declared, observed }: Context): Remark[] {
  const facts = observed?.facts
  if (isDeclared(declared, 'index', index) || isDeclared(declared, 'data-stream', index)) return []
  if (facts !== undefined && (facts.indices.has(index) || facts.dataStreams.has(index))) return []
  const known = [...(declared.get('index') ?? []), ...(declared.get('data-stream') ?? [])].map((item) => item.name)
  const where =
    facts === undefined
      ? 'which is not declared here; the server may hold it'
      : 'which is neither declared nor on the server'
  const message = `expected an index or a data stream, found "${index}", ${where}${didYouMean(index, [...known, ...(facts?.indices ?? [])])}`
  return [{ name, verdict: 'warn', code: 'UNKNOWN_REFERENCE', path: [index], message }]
}

/** Alias → the first declared index that declares it as its own. */
function inlineOwners({ declared }: Context): ReadonlyMap<string, Desired<unknown>> {
  const owners = (declared.get('index') ?? []).flatMap((item) =>
    declaredAliases(item.spec).map((alias) => [alias, item] as const)
  )
  return new Map(owners.toReversed())
}

function isDeclared(declared: Context['declared'], kind: string, name: string): boolean {
  return declared.get(kind)?.some((item) => item.name === name) === true
}
