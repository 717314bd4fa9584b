/**
 * Reads all parameter contexts in the one request the kinds of a pass share, or single ones by their ids. Never writes.
 * @module
 */
import type { Cycle, Desired, Found, Observed } from '../../../src/plugin.ts'
import type { ContextEntity } from '../reading/entities.ts'
import type { Readings } from '../reading/readings.ts'
import type { ContextsByName } from './inherited.ts'
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
  /** All that may be read; in a pass over single contexts the others as they were listed last, see `readNamed`. */
  readonly contexts: ContextsByName
}

/** Contexts without our marker are never orphans: people made them. */
export async function observeContexts(
  readings: Readings,
  secrets: Secrets,
  desired: readonly Desired<ContextSpec>[],
  cycle: Cycle
): Promise<Observed<ContextState, ContextFacts>> {
  const entities = (await readNamed(readings, desired, cycle)) ?? (await readings.contexts(cycle))
  const specs = new Map(desired.map(({ name, spec }) => [name, spec]))
  const shown = entities.filter(({ canRead }) => canRead)
  const contexts = contextsByName(shown)
  const asked = cycle.scope === 'all' ? shown : shown.filter(({ name }) => specs.has(name))
  const items = await Promise.all(
    asked.map(
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
    areSomeHidden: shown.length < entities.length,
    contexts
  }
  return { items: new Map(items), facts }
}

/** With more it costs less to read everything. */
const mostNamed = 8

/**
 * In a pass over single contexts: all contexts as they were listed last, and the declared ones as they are, in one request each.
 * Undefined where one of them was not listed, is gone or has another name. That the others are a little old is harmless: they
 * tell which parameters are inherited; whoever writes reads all of them again, and NiFi refuses what contradicts them.
 */
async function readNamed(
  readings: Readings,
  desired: readonly Desired<ContextSpec>[],
  cycle: Cycle
): Promise<readonly ContextEntity[] | undefined> {
  const last = readings.lastContexts
  if (cycle.scope === 'all' || last === undefined || desired.length > mostNamed) return undefined
  const known = contextsByName(last)
  const listed = desired.flatMap(({ name }) => known.get(name) ?? [])
  if (listed.length < desired.length) return undefined
  const read = await Promise.all(listed.map(({ id }) => readings.context(id, cycle)))
  if (!read.every((entity, index) => entity?.canRead === true && entity.name === listed[index]?.name)) return undefined
  const fresh = new Map(read.flatMap((entity) => (entity === undefined ? [] : [[entity.id, entity] as const])))
  return last.map((entity) => fresh.get(entity.id) ?? entity)
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
