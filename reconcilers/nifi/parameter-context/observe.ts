/**
 * Reads all parameter contexts in the one request the kinds of a cycle share. Never writes.
 * @module
 */
import type { Cycle, Desired, Found, Observed } from '../../../src/plugin.ts'
import type { ContextEntity } from '../reading/entities.ts'
import type { Readings } from '../reading/readings.ts'
import { findingsOf, judgeContext } from './findings.ts'
import type { ContextSpec } from './schema.ts'
import type { Secrets } from './secrets.ts'
import type { ContextState } from './state.ts'

export interface ContextFacts {
  /** Name of a declared context that does not exist → why values it needs cannot be read. */
  readonly unreadable: ReadonlyMap<string, readonly string[]>
  /** Whether a changed secret is noticed after a restart too. */
  readonly areSecretsKept: boolean
  /** There are contexts we may not read: what is not seen may exist. */
  readonly areSomeHidden: boolean
}

/** Contexts without our marker are never orphans: people made them. */
export async function observeContexts(
  readings: Readings,
  secrets: Secrets,
  desired: readonly Desired<ContextSpec>[],
  cycle: Cycle
): Promise<Observed<ContextState, ContextFacts>> {
  const entities = await readings.contexts(cycle)
  const specs = new Map(desired.map(({ name, spec }) => [name, spec]))
  const shown = entities.filter(({ canRead }) => canRead)
  const contexts = contextsByName(shown)
  const items = await Promise.all(
    shown.map(
      async (entity) =>
        [
          entity.name,
          foundOf(await judgeContext(specs.get(entity.name), entity, contexts, secrets), cycle.everything)
        ] as const
    )
  )
  const missing = desired.filter(({ name }) => !shown.some((entity) => entity.name === name))
  const unreadable = await Promise.all(
    missing.map(async ({ name, spec }) => [name, await unreadableOf(name, spec, secrets)] as const)
  )
  const facts = {
    unreadable: new Map(unreadable.filter(([, whys]) => whys.length > 0)),
    areSecretsKept: secrets.areKept,
    areSomeHidden: shown.length < entities.length
  }
  return { items: new Map(items), facts }
}

/** The contexts that may be read, by their name, which is unique. Pure. */
export function contextsByName(entities: readonly ContextEntity[]): ReadonlyMap<string, ContextEntity> {
  return new Map(entities.flatMap((entity) => (entity.canRead ? [[entity.name, entity] as const] : [])))
}

function foundOf(state: ContextState, everything: boolean): Found<ContextState> {
  if (state.owner !== undefined) return { state, owner: state.owner }
  return everything ? { state } : { state, excluded: 'it has no marker: it was not made from a declaration' }
}

async function unreadableOf(name: string, spec: ContextSpec, secrets: Secrets): Promise<readonly string[]> {
  const findings = await findingsOf(name, spec, new Map(), secrets)
  return [...findings.values()].flatMap((finding) => ('unreadable' in finding ? [finding.unreadable] : []))
}
