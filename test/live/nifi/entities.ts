/**
 * Parts of a NiFi as its REST API shows them, cut down to what tests look at.
 * @module
 */
import { z } from 'zod'

const revision = z.object({ version: z.int() })
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])
const queued = z.object({ aggregateSnapshot: z.object({ flowFilesQueued: z.int() }) })

const group = z
  .object({
    id: z.string(),
    revision,
    runningCount: z.int(),
    stoppedCount: z.int(),
    invalidCount: z.int(),
    disabledCount: z.int(),
    status: queued,
    component: z.object({ name: z.string(), comments: text, parameterContext: z.object({ id: z.string() }).nullish() })
  })
  .transform(({ id, revision: { version }, component, status, ...counts }) => ({
    id,
    version,
    name: component.name,
    comments: component.comments,
    /** Id of the parameter context it is bound to. */
    context: component.parameterContext?.id,
    /** FlowFiles in all its queues. */
    queued: status.aggregateSnapshot.flowFilesQueued,
    running: counts.runningCount,
    stopped: counts.stoppedCount,
    invalid: counts.invalidCount,
    disabled: counts.disabledCount
  }))

const processor = z
  .object({
    id: z.string(),
    revision,
    component: z.object({
      name: z.string(),
      type: z.string(),
      state: z.string(),
      versionedComponentId: z.string().nullish(),
      validationStatus: text,
      validationErrors: texts,
      config: z.object({ properties: z.record(z.string(), z.string().nullable()), schedulingPeriod: z.string() })
    }),
    status: z.object({ aggregateSnapshot: z.object({ activeThreadCount: z.int() }) })
  })
  .transform(({ id, revision: { version }, component, status }) => ({
    id,
    /** Of its revision. */
    version,
    /** What a definition calls it; absent where it was added by hand. */
    identifier: component.versionedComponentId ?? undefined,
    name: component.name,
    type: component.type,
    /** RUNNING, STOPPED or DISABLED. */
    state: component.state,
    threads: status.aggregateSnapshot.activeThreadCount,
    /** VALID, INVALID or VALIDATING. */
    validation: component.validationStatus,
    errors: component.validationErrors,
    properties: component.config.properties,
    every: component.config.schedulingPeriod
  }))

const end = z.object({ id: z.string(), name: text })

const connection = z
  .object({
    id: z.string(),
    revision,
    component: z.object({ name: text, source: end, destination: end, selectedRelationships: texts }),
    status: queued
  })
  .transform(({ id, revision: { version }, component, status }) => ({
    id,
    version,
    name: component.name,
    source: component.source,
    destination: component.destination,
    relationships: component.selectedRelationships,
    queued: status.aggregateSnapshot.flowFilesQueued
  }))

const service = z
  .object({
    id: z.string(),
    revision,
    component: z.object({
      name: z.string(),
      type: z.string(),
      state: z.string(),
      parentGroupId: z.string().nullish(),
      validationStatus: text,
      validationErrors: texts,
      properties: z.record(z.string(), z.string().nullable())
    })
  })
  .transform(({ id, revision: { version }, component }) => ({
    id,
    version,
    name: component.name,
    type: component.type,
    /** ENABLED, ENABLING, DISABLED or DISABLING. */
    state: component.state,
    group: component.parentGroupId ?? undefined,
    validation: component.validationStatus,
    errors: component.validationErrors,
    properties: component.properties
  }))

const parameter = z.object({
  parameter: z.object({ name: z.string(), value: z.string().nullish(), sensitive: z.boolean(), description: text })
})

const context = z
  .object({
    id: z.string(),
    revision,
    component: z.object({
      name: z.string(),
      description: text,
      parameters: z.array(parameter),
      inheritedParameterContexts: z.array(z.object({ id: z.string() })).nullish(),
      boundProcessGroups: z.array(z.object({ id: z.string() })).nullish()
    })
  })
  .transform(({ id, revision: { version }, component }) => ({
    id,
    version,
    name: component.name,
    description: component.description,
    /** By name; a sensitive value reads `********`. */
    parameters: Object.fromEntries(
      component.parameters.map(({ parameter: { name, value, ...rest } }) => [name, { value: value ?? null, ...rest }])
    ),
    /** Ids. */
    inherits: (component.inheritedParameterContexts ?? []).map(({ id: inherited }) => inherited),
    /** Ids. */
    bound: (component.boundProcessGroups ?? []).map(({ id: bound }) => bound)
  }))

const remotePort = z.object({ id: z.string(), name: z.string(), transmitting: z.boolean() })

const remote = z
  .object({
    id: z.string(),
    component: z.object({
      targetUris: z.string(),
      yieldDuration: z.string(),
      authorizationIssues: texts,
      contents: z.object({ inputPorts: z.array(remotePort).nullish() }).nullish()
    })
  })
  .transform(({ id, component }) => ({
    id,
    target: component.targetUris,
    yield: component.yieldDuration,
    issues: component.authorizationIssues,
    inputPorts: component.contents?.inputPorts ?? []
  }))

export type LiveRemote = z.output<typeof remote>
export type LiveGroup = z.output<typeof group>
export type LiveProcessor = z.output<typeof processor>
export type LiveConnection = z.output<typeof connection>
export type LiveService = z.output<typeof service>
export type LiveContext = z.output<typeof context>

/** Readers of answers. */
export const entities = { group, processor, connection, service, context, remote } as const

/** What every kind of component shows. */
export const anyEntity = z.object({ id: z.string(), revision })

/** A request NiFi works off by itself. */
export const dropRequest = z.object({
  dropRequest: z.object({ id: z.string(), finished: z.boolean(), droppedCount: z.int() })
})

/** Settings of the whole NiFi. */
export const controller = z.object({ revision, component: z.object({ maxTimerDrivenThreadCount: z.int() }) })
