/**
 * Writes what indices declare of their aliases: all of it in one request, and one alias never in parts.
 * @module
 */
import type { ReconcileError, Update } from '../../../src/plugin.ts'
import { canonicalMember } from '../alias/member.ts'
import { whyIncomplete } from '../alias/shared.ts'
import { replaceMember, writeAliases } from '../alias/write.ts'
import type { Body } from '../body.ts'
import type { Link } from '../connection/link.ts'
import type { IndexSpec, IndexState } from './state.ts'

type IndexUpdate = Update<IndexSpec, IndexState>

/** Index → why a part of its changes failed. */
export type Failures = Map<string, ReconcileError>
/** Index → what a part of its changes waits for. */
export type Waits = Map<string, string>

/** The planned membership of one index in one alias. */
interface Part {
  readonly alias: string
  readonly member: Body
  readonly state: IndexState
}

/**
 * One atomic request for all; when it is refused, it is split until the bad aliases are alone. An alias that would lose
 * its write index because another part of it waits, waits too.
 */
export async function putAliases(
  link: Link,
  updates: readonly IndexUpdate[],
  { signal, failures, waits }: AliasContext
): Promise<void> {
  const byAlias = Map.groupBy(updates.flatMap(partsOf), ({ alias }) => alias)
  const writes = [...byAlias].flatMap(([alias, parts]) => {
    const why = whyWaits(alias, parts)
    if (why === undefined) return [{ name: alias, actions: parts.flatMap(actionsOf) }]
    for (const { state } of parts) waits.set(state.index, why)
    return []
  })
  if (writes.length === 0) return
  for (const answer of await writeAliases(link, writes, signal)) {
    if (answer.result === 'failed')
      for (const { state } of byAlias.get(answer.name) ?? []) failures.set(state.index, answer.error)
  }
}

/** Where it says what became of each index. */
export interface AliasContext {
  readonly signal: AbortSignal
  readonly failures: Failures
  readonly waits: Waits
}

function partsOf({ desired, state, fields }: IndexUpdate): readonly Part[] {
  const allowed = new Set(fields.map(({ path }) => path))
  return Object.entries(desired.spec.aliases ?? {}).flatMap(([alias, member]) =>
    allowed.has(`aliases.${alias}`) ? [{ alias, member, state }] : []
  )
}

function whyWaits(alias: string, parts: readonly Part[]): string | undefined {
  const shared = parts[0]?.state.shared?.get(alias)
  return (
    shared &&
    whyIncomplete(alias, shared, new Map(parts.map(({ member, state }) => [state.index, canonicalMember(member)])))
  )
}

function actionsOf({ alias, member, state }: Part): readonly Body[] {
  return replaceMember(alias, state.index, member, Object.hasOwn(state.aliases, alias))
}
