/**
 * The border: answers of NiFi are checked here, once, and become entities. Fields nobody needs pass by unseen.
 * @module
 */
import { z } from 'zod'
import { type Json, ReconcileError } from '../../../src/plugin.ts'
import { checked } from '../connection/checked.ts'
import type {
  ContextEntity,
  GroupEntity,
  GroupListing,
  ParameterEntity,
  Reference,
  Revision,
  ServiceEntity,
  ServiceState,
  ServiceStatus
} from './entities.ts'

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)
/** A NiFi that says nothing of rights has none to give. */
const permissions = z
  .object({ canRead: z.boolean().nullish(), canWrite: z.boolean().nullish() })
  .nullish()
  .transform((given) => ({ canRead: given?.canRead ?? true, canWrite: given?.canWrite ?? true }))
const revision = z
  .object({ version: z.number(), clientId: z.string().nullish() })
  .transform(({ version, clientId }): Revision => ({ version, ...(clientId ? { clientId } : {}) }))
const reference = z
  .object({ id: z.string(), component: z.object({ name: text }).nullish() })
  .transform(({ id, component }): Reference => ({ id, name: component?.name || id }))
const references = z
  .array(reference)
  .nullish()
  .transform((list) => list ?? [])

/** What may be read of it: nothing, where the whole is left out. */
const orNothing = (component: unknown): unknown => component ?? {}
/** Nobody knows what it is called and marked with, whatever is said about permissions. */
const isShown = ({ canRead }: { readonly canRead: boolean }, name: string | null | undefined): boolean =>
  canRead && typeof name === 'string'

const groupComponent = z.object({
  name: z.string().nullish(),
  parentGroupId: z.string().nullish(),
  comments: text,
  parameterContext: reference.nullish(),
  versionControlInformation: z.object({ flowId: text, flowName: text }).nullish()
})
const group = z
  .object({
    id: z.string(),
    revision,
    permissions,
    component: z.preprocess(orNothing, groupComponent),
    runningCount: count,
    stoppedCount: count,
    invalidCount: count,
    disabledCount: count,
    status: z.object({ aggregateSnapshot: z.object({ flowFilesQueued: count }).nullish() }).nullish()
  })
  .transform(
    ({
      component: { name, parentGroupId, comments, parameterContext, versionControlInformation: versioned },
      ...entity
    }): GroupEntity => ({
      id: entity.id,
      ...(parentGroupId ? { parentId: parentGroupId } : {}),
      revision: entity.revision,
      name: name ?? '',
      comments,
      canRead: isShown(entity.permissions, name),
      canWrite: entity.permissions.canWrite,
      ...(parameterContext ? { parameterContext } : {}),
      ...(versioned ? { versioned: versioned.flowName || versioned.flowId } : {}),
      counts: {
        running: entity.runningCount,
        stopped: entity.stoppedCount,
        invalid: entity.invalidCount,
        disabled: entity.disabledCount
      },
      queued: entity.status?.aggregateSnapshot?.flowFilesQueued ?? 0
    })
  )

const serviceState = z
  .enum(['ENABLED', 'ENABLING', 'DISABLED', 'DISABLING'] as const satisfies readonly ServiceState[])
  .nullish()
const validation = z
  .enum(['VALID', 'INVALID', 'VALIDATING'] as const satisfies readonly ServiceStatus['validation'][])
  .nullish()

const serviceComponent = z.object({
  name: z.string().nullish(),
  type: text,
  parentGroupId: text,
  state: serviceState,
  validationStatus: validation,
  validationErrors: z
    .array(z.string())
    .nullish()
    .transform((list) => list ?? []),
  controllerServiceApis: z
    .array(z.object({ type: z.string() }))
    .nullish()
    .transform((list) => list ?? [])
})
const service = z
  .object({
    id: z.string(),
    revision,
    permissions,
    parentGroupId: text,
    status: z.preprocess(orNothing, z.object({ runStatus: serviceState, validationStatus: validation })),
    component: z.preprocess(orNothing, serviceComponent)
  })
  .transform(({ component, status, ...entity }): ServiceEntity => ({
    id: entity.id,
    revision: entity.revision,
    groupId: component.parentGroupId || entity.parentGroupId,
    canRead: isShown(entity.permissions, component.name),
    name: component.name ?? '',
    type: component.type,
    apis: component.controllerServiceApis.map(({ type }) => type),
    state: component.state ?? status.runStatus ?? 'DISABLED',
    validation: component.validationStatus ?? status.validationStatus ?? 'VALIDATING',
    validationErrors: component.validationErrors
  }))

/** A component that refers to a parameter, by its name and that of its group: names of components say little alone. */
const affected = z
  .object({
    id: z.string(),
    component: z.object({ name: z.string().nullish() }).nullish(),
    processGroup: z.object({ name: z.string().nullish() }).nullish()
  })
  .transform(
    ({ id, component, processGroup }) =>
      `${component?.name || id}${processGroup?.name ? ` in ${processGroup.name}` : ''}`
  )

const parameter = z
  .object({
    name: z.string(),
    description: text,
    sensitive: z.boolean().nullish(),
    value: z.string().nullish(),
    inherited: z.boolean().nullish(),
    referencingComponents: z
      .array(affected)
      .nullish()
      .transform((list) => list ?? [])
  })
  .transform(({ name, description, sensitive, value, inherited, referencingComponents }) => ({
    name,
    isOwn: inherited !== true,
    entity: {
      value: value ?? null,
      sensitive: sensitive ?? false,
      description,
      referencing: referencingComponents
    } satisfies ParameterEntity
  }))

const contextComponent = z.object({
  name: z.string().nullish(),
  description: text,
  parameters: z
    .array(z.object({ parameter }))
    .nullish()
    .transform((list) => list ?? []),
  inheritedParameterContexts: references,
  boundProcessGroups: references
})
const context = z
  .object({ id: z.string(), revision, permissions, component: z.preprocess(orNothing, contextComponent) })
  .transform(({ component, ...entity }): ContextEntity => {
    const own = component.parameters.map((entry) => entry.parameter).filter(({ isOwn }) => isOwn)
    return {
      id: entity.id,
      revision: entity.revision,
      name: component.name ?? '',
      canRead: isShown(entity.permissions, component.name),
      canWrite: entity.permissions.canWrite,
      description: component.description,
      parameters: new Map(own.map(({ name, entity: value }) => [name, value])),
      inherits: component.inheritedParameterContexts,
      boundGroups: component.boundProcessGroups,
      referencing: [...new Set(own.flatMap(({ entity: { referencing } }) => referencing))]
    }
  })

const parent = z.object({
  permissions,
  processGroupFlow: z.object({
    id: z.string(),
    breadcrumb: z.unknown().optional(),
    flow: z.object({ processGroups: z.array(group).nullish() }).nullish()
  })
})

/** `GET /flow/process-groups/{id}`. Throws as all of these do: UNAVAILABLE for what no NiFi answers. */
export function groupListingOf(body: Json): GroupListing {
  const { permissions: may, processGroupFlow } = checked(parent, body, 'a process group and the groups inside it')
  // Its groups are left out then, which must not look as if there were none.
  if (!may.canRead)
    throw new ReconcileError(
      'NOT_PERMITTED',
      `may not view the process group ${processGroupFlow.id} nor the groups inside it: grant "view the component" on it (read /process-groups/${processGroupFlow.id})`
    )
  const { canWrite: mayCreate } = may
  return {
    parentId: processGroupFlow.id,
    mayCreate,
    rootId: outermost(processGroupFlow.breadcrumb) ?? processGroupFlow.id,
    groups: processGroupFlow.flow?.processGroups ?? []
  }
}

const crumb = z.object({ id: z.string(), parentBreadcrumb: z.unknown().optional() })

/** The breadcrumbs of a group lead to the root, each with the next one in it. */
function outermost(breadcrumb: unknown): string | undefined {
  let [id, next]: [string | undefined, unknown] = [undefined, breadcrumb]
  for (let parsed = crumb.safeParse(next); parsed.success; parsed = crumb.safeParse(next))
    [id, next] = [parsed.data.id, parsed.data.parentBreadcrumb]
  return id
}

/** One process group as `GET /process-groups/{id}`, its creation and its changes answer. */
export function groupOf(body: Json): GroupEntity {
  return checked(group, body, 'a process group')
}

/** One controller service as `GET /controller-services/{id}` and its changes answer. */
export function serviceOf(body: Json): ServiceEntity {
  return checked(service, body, 'a controller service')
}

/** `GET /flow/process-groups/{id}/controller-services`. */
export function servicesOf(body: Json): readonly ServiceEntity[] {
  return checked(z.object({ controllerServices: z.array(service) }), body, 'controller services').controllerServices
}

/** One parameter context as `GET /parameter-contexts/{id}`, its creation and its changes answer. */
export function contextOf(body: Json): ContextEntity {
  return checked(context, body, 'a parameter context')
}

/** `GET /flow/parameter-contexts`. */
export function contextEntitiesOf(body: Json): readonly ContextEntity[] {
  return checked(z.object({ parameterContexts: z.array(context) }), body, 'parameter contexts').parameterContexts
}
