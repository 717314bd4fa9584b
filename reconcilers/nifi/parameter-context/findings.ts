/**
 * Finds out about declared values that do not stand in the item itself, and about secrets.
 * @module
 */
import { toReconcileError } from '../../../src/plugin.ts'
import type { ContextEntity } from '../reading/entities.ts'
import { replaceableOf, type ContextsByName } from './inherited.ts'
import type { ContextSpec, ParameterSpec } from './schema.ts'
import type { Place, Secrets } from './secrets.ts'
import { contextStateOf, liveParameterOf, type ContextState, type Finding, type LiveParameter } from './state.ts'
import { readValue } from './value-file.ts'

/**
 * A live context beside its declaration, among all others; a file that cannot be read is a finding. Reads files, never writes. Throws
 * VARIABLE_INVALID when the key of digests cannot be read.
 */
export async function judgeContext(
  spec: ContextSpec | undefined,
  entity: ContextEntity,
  contexts: ContextsByName,
  secrets: Secrets
): Promise<ContextState> {
  const live = new Map([...entity.parameters].map(([parameter, each]) => [parameter, liveParameterOf(each)]))
  const findings = await findingsOf(entity.name, spec ?? { parameters: {} }, live, secrets)
  return contextStateOf(entity, { findings, replaceable: replaceableOf(entity, spec?.inherits, contexts) })
}

/** By the name of the parameter, as `judgeContext` finds them; without live parameters those that hold before creation. */
export async function findingsOf(
  context: string,
  spec: ContextSpec,
  live: ReadonlyMap<string, LiveParameter>,
  secrets: Secrets
): Promise<ReadonlyMap<string, Finding>> {
  const found = Object.entries(spec.parameters).map(async ([parameter, declared]): Promise<[string, Finding][]> => {
    const finding =
      declared === null ? undefined : await findingOf({ context, parameter }, declared, live.get(parameter), secrets)
    return finding === undefined ? [] : [[parameter, finding]]
  })
  return new Map((await Promise.all(found)).flat())
}

async function findingOf(
  place: Place,
  declared: ParameterSpec,
  live: LiveParameter | undefined,
  secrets: Secrets
): Promise<Finding | undefined> {
  if (!declared.sensitive && 'value' in declared.source) return undefined
  let value: string | null
  try {
    value = await readValue(place.parameter, declared)
  } catch (error) {
    return { unreadable: toReconcileError(error).message }
  }
  if (value === null) return undefined
  if (!declared.sensitive) return { text: value }
  return {
    isSame: live !== undefined && live.sensitive && live.value !== null && (await secrets.isSame(place, value, live))
  }
}
