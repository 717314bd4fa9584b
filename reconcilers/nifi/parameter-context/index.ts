/**
 * Parameter contexts.
 * @module
 */
import type { MountedFile, Resource } from '../../../src/plugin.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../reading/readings.ts'
import { createContexts } from './create.ts'
import { parameterContextKind } from './kind.ts'
import { observeContexts, type ContextFacts } from './observe.ts'
import type { ContextSpec } from './schema.ts'
import { Secrets } from './secrets.ts'
import type { ContextState } from './state.ts'
import type { ContextTools } from './tools.ts'
import { updateContexts } from './update.ts'

export { parameterContextKind } from './kind.ts'
export { keyVariable as digestKeyVariable } from './secrets.ts'
export type { ContextSpec } from './schema.ts'
export type { ContextState } from './state.ts'

/**
 * The parameter contexts of the NiFi behind `link`; what is created is marked as `owner`'s. `digestKey` is the file of
 * INFOMETIS_DIGEST_KEY_FILE, without which changed secrets are noticed only while this runs. They are never removed.
 */
export function parameterContextResource(
  surroundings: { readonly link: Link; readonly readings: Readings; readonly owner: string },
  digestKey: MountedFile | undefined
): Resource<ContextSpec, ContextState, ContextFacts> {
  const tools: ContextTools = { ...surroundings, secrets: new Secrets(digestKey) }
  return {
    ...parameterContextKind,
    scoped: true,
    observe: (desired, cycle) => observeContexts(tools.readings, tools.secrets, desired, cycle),
    create: (items, call) => createContexts(tools, items, call),
    update: (updates, call) => updateContexts(tools, updates, call)
  }
}
