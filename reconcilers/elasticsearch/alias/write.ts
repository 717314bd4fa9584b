/**
 * Writes aliases: everything a call holds in one request, which the server carries out as a whole or not at all, so that
 * no search ever finds an alias between two states.
 * @module
 */
import {
  type Desired,
  done,
  failed,
  type ItemResult,
  type Json,
  ReconcileError,
  toReconcileError,
  type Update
} from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { overlay } from '../body/compare.ts'
import type { Answer, Link } from '../connection/link.ts'
import { isOverloaded, refusalOf } from '../connection/refusal.ts'
import { aliasChanges, membersAfter, undeclaredChanges, type AliasChange } from './compare.ts'
import { canonicalMember } from './member.ts'
import { membersOf, type AliasSpec, type AliasState } from './state.ts'
import { lostWriteIndex } from './write-index.ts'

/** One alias and the actions that make it as planned: they are never sent apart. */
export interface AliasWrite {
  /** Of the alias. */
  readonly name: string
  readonly actions: readonly Body[]
}

/** Puts every declared member into aliases that do not exist. One that does by now is completed. */
export function createAliases(
  link: Link,
  items: readonly Desired<AliasSpec>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  return writeAliases(
    link,
    items.map(({ name, spec }) => ({
      name,
      actions: [...membersOf(spec)].map(([index, member]) => add(name, index, member))
    })),
    signal
  )
}

type AliasUpdate = Update<AliasSpec, AliasState>

/**
 * Carries out the named changes and no others. A member that no longer exists is a CONFLICT; a part of the changes that
 * would leave the alias without the write index it has is UNSUPPORTED.
 */
export async function updateAliases(
  link: Link,
  items: readonly AliasUpdate[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  const refused = items.flatMap((item) => {
    const why = whyPartial(item)
    return why === undefined ? [] : [failed(item.desired.name, new ReconcileError('UNSUPPORTED', why))]
  })
  const names = new Set(refused.map(({ name }) => name))
  const writes = items.flatMap((item) =>
    names.has(item.desired.name) ? [] : [{ name: item.desired.name, actions: actionsOf(item) }]
  )
  return writes.length === 0 ? refused : [...refused, ...(await writeAliases(link, writes, signal))]
}

function changesOf({ desired: { spec }, state, fields }: AliasUpdate): readonly AliasChange[] {
  const allowed = new Set(fields.map(({ path }) => path))
  return [...aliasChanges(spec, state), ...undeclaredChanges(spec, state)].filter(({ field }) =>
    allowed.has(field.path)
  )
}

/** What is ignored or held of an alias may be what keeps its writers going. */
function whyPartial(update: AliasUpdate): string | undefined {
  const { desired, state } = update
  const changes = changesOf(update)
  const made = new Set(changes.map(({ field }) => field.path))
  const left = aliasChanges(desired.spec, state).find(({ field }) => !made.has(field.path))
  const lost = left && lostWriteIndex(state.members, membersAfter(state, changes), state.streams)
  return (
    lost &&
    `the alias would lose its write index "${lost}" as long as ${left.field.path} is held or ignored; ` +
      'change all of it, or leave it alone'
  )
}

/** The actions that carry out the named changes. An `add` replaces the member, so it carries all of it. Pure. */
export function actionsOf(update: AliasUpdate): readonly Body[] {
  const {
    desired: { name, spec },
    state
  } = update
  return [...Map.groupBy(changesOf(update), ({ index }) => index)].flatMap(([index, all]) => {
    const live = state.members.get(index)
    if (live === undefined) return [add(name, index, membersOf(spec).get(index) ?? {})]
    const values = all.flatMap((change) => Object.entries(change.values ?? {}))
    if (values.length === 0) return [remove(name, index)]
    return replaceMember(
      name,
      index,
      overlay(
        live,
        values.map(([key, after]) => ({ steps: [key], before: null, after }))
      ),
      true
    )
  })
}

/**
 * Actions that put an index into an alias. One that is in it is taken out first, in the same request: an index that has
 * left the alias meanwhile, by a rollover say, makes the server refuse all of it instead of coming back. It also unsets
 * what is no longer said: in the alias of a data stream, what an `add` does not name stays (measured on 9.4). Pure.
 */
export function replaceMember(alias: string, index: string, member: Body, isIn: boolean): readonly Body[] {
  return [...(isIn ? [remove(alias, index)] : []), add(alias, index, member)]
}

function add(alias: string, index: string, member: Body): Body {
  return { add: { index, alias, ...canonicalMember(member) } }
}

/** Without `must_exist`, the server would acknowledge that it removed nothing and carry out the rest. */
function remove(alias: string, index: string): Body {
  return { remove: { index, alias, must_exist: true } }
}

/**
 * All writes in one request, with a result for each. A refusal is of the whole request: halves find whose it is, and
 * the others go through. Never throws: without an answer all of a request are failed.
 */
export async function writeAliases(
  link: Link,
  writes: readonly AliasWrite[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  const body = { actions: writes.flatMap(({ actions }) => actions) }
  const answer = await link
    .ask({ method: 'POST', path: '/_aliases', query: link.patience, body }, signal)
    .catch(toReconcileError)
  if (answer instanceof ReconcileError) return writes.map(({ name }) => failed(name, answer))
  if (answer.status < 400) return writes.map((write) => resultOf(write, answer))
  if (writes.length === 1 || isOverloaded(answer)) return writes.map(({ name }) => failed(name, refusalOf(answer)))
  const middle = Math.ceil(writes.length / 2)
  const halves = [writes.slice(0, middle), writes.slice(middle)]
  return (await Promise.all(halves.map((half) => writeAliases(link, half, signal)))).flat()
}

/** An answer of 200 can still hold actions that failed, each with the aliases it was about. */
function resultOf({ name }: AliasWrite, { body }: Answer): ItemResult {
  const results: Json | undefined = isBody(body) && body['errors'] === true ? body['action_results'] : undefined
  const bad = (Array.isArray(results) ? results : []).find(
    (result: Json) => isBody(result) && result['error'] !== undefined && namesOf(result).includes(name)
  )
  if (bad === undefined || !isBody(bad)) return done(name)
  return failed(name, new ReconcileError('CONFLICT', refusalOf({ status: 404, body: bad }).message))
}

function namesOf({ action }: Body): readonly Json[] {
  const names = isBody(action) ? action['aliases'] : undefined
  return Array.isArray(names) ? names : []
}
