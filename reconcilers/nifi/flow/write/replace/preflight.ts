/**
 * What must be there before a definition is sent, and the rights to send it: NiFi takes one with an unknown type, leaves a
 * ghost in its place, and says nothing.
 * @module
 */
import { didYouMean, ReconcileError } from '../../../../../src/plugin.ts'
import type { ServiceEntity } from '../../../reading/entities.ts'
import { contextEntitiesOf, servicesOf } from '../../../reading/parse-entities.ts'
import { bodyOf } from '../../../connection/refusal.ts'
import type { Content, Group } from '../../definition/model.ts'
import { namesInContent, referencesTo } from '../../references/outside-services.ts'
import { literalsOf } from '../../secrets/literal-secrets.ts'
import type { Words } from '../../identity/words.ts'
import { grantToModify } from '../../../connection/grant.ts'
import type { CallContext } from '../call-context.ts'
import type { StepContext } from '../step-context.ts'
import type { Snapshot } from '../read-flow.ts'
import { contextNamesOf } from './snapshot.ts'
import type { Body } from '../../../json.ts'

/**
 * The snapshot with the full types and bundles of this server. Throws REJECTED naming what is missing, component types or
 * services outside of the flow, and properties that hold a secret; UNAVAILABLE for a parameter context, which may be made at
 * any time.
 */
export async function preflight(
  snapshot: Snapshot,
  { parameterContexts: brought }: Pick<Content, 'parameterContexts'>,
  words: Words,
  context: CallContext
): Promise<Snapshot> {
  const [flowContents] = await Promise.all([
    withTypes(snapshot.flowContents, words, context).then((group) => withoutSecrets(group, words, context)),
    requireServices(snapshot, context),
    requireContexts(contextNamesOf(snapshot.flowContents, brought), brought, context)
  ])
  return { ...snapshot, flowContents }
}

/** What is unknown may have come with a bundle that was added since. */
async function withTypes(group: Group, words: Words, { catalogue, signal }: CallContext): Promise<Group> {
  const known = (await catalogue.types(signal)).resolve(group, words)
  if (known.problems.length === 0) return known.group
  catalogue.forget()
  const { group: resolved, problems } = (await catalogue.types(signal)).resolve(group, words)
  if (problems.length > 0)
    throw new ReconcileError('REJECTED', problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
  return resolved
}

/** Nobody could tell later whether NiFi still holds one, and a digest of it would be in the marker, without a key. */
async function withoutSecrets(group: Group, words: Words, { catalogue, signal }: CallContext): Promise<Group> {
  const literals = literalsOf(group, await catalogue.sensitive(signal), words)
  if (literals.length > 0)
    throw new ReconcileError('REJECTED', literals.map(({ path, message }) => `${path}: ${message}`).join('; '))
  return group
}

/** NiFi finds a service outside of the flow by its name and by what it offers. */
async function requireServices(
  { flowContents, externalControllerServices }: Snapshot,
  context: CallContext
): Promise<void> {
  const names = namesInContent({ externalControllerServices })
  const used = new Set(
    Object.keys(referencesTo(flowContents, names)).flatMap((identifier) => names.get(identifier) ?? [])
  )
  if (used.size === 0) return
  const offered = await offeredServices(context)
  for (const name of used) {
    const same = offered.filter((service) => service.name === name)
    const apis = same.flatMap((service) => service.apis)
    if (same.length > 0 && new Set(apis).size === apis.length) continue
    const found =
      same.length === 0
        ? `none${didYouMean(
            name,
            offered.map((service) => service.name)
          )}`
        : same.map(({ id }) => id).join(' and ')
    throw new ReconcileError(
      'REJECTED',
      `expected exactly one service "${name}" in the parent group or above it, found ${found}`
    )
  }
}

/** Of the parent and of the groups above it. */
async function offeredServices({ link, parentGroup, signal }: CallContext): Promise<readonly ServiceEntity[]> {
  const path = `/flow/process-groups/${encodeURIComponent(parentGroup)}/controller-services`
  return servicesOf(
    bodyOf(
      await link.ask(
        { method: 'GET', path, query: { includeAncestorGroups: true, includeDescendantGroups: false } },
        signal
      )
    )
  )
}

/** Re-read: one of them may have been created in this very pass. */
async function requireContexts(names: readonly string[], brought: Body, { link, signal }: CallContext): Promise<void> {
  const missing = names.filter((name) => !Object.hasOwn(brought, name))
  if (missing.length === 0) return
  const live = contextEntitiesOf(
    bodyOf(await link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, signal))
  ).map(({ name }) => name)
  const absent = missing.find((name) => !live.includes(name))
  if (absent !== undefined)
    throw new ReconcileError(
      'UNAVAILABLE',
      `expected a parameter context, found no "${absent}"${didYouMean(absent, live)}`
    )
}

/**
 * NiFi lets queues be emptied by whom it then refuses the replacement. Throws NOT_PERMITTED with what to grant where the
 * group, or a context of what is to be sent, may not be modified. Types that are restricted are not looked at.
 */
export async function requireReplaceable(context: StepContext): Promise<void> {
  const { live, merged, brought, metadata } = context
  if (!live.group.canWrite)
    throw lacking(
      `the process group "${live.group.name}" may not be modified`,
      grantToModify('process group', live.group.id)
    )
  const names = new Set([
    ...contextNamesOf(merged, brought.parameterContexts),
    metadata.context,
    live.group.parameterContext?.name
  ])
  const closed = (await context.readings.contexts(context.fresh)).find(
    ({ name, canWrite }) => names.has(name) && !canWrite
  )
  if (closed !== undefined)
    throw lacking(
      `the parameter context "${closed.name}" may not be modified, which NiFi wants of whoever replaces a flow that uses it`,
      grantToModify('parameter context', closed.id)
    )
}

function lacking(what: string, grant: string): ReconcileError {
  return new ReconcileError('NOT_PERMITTED', `${what}: ${grant}`)
}
