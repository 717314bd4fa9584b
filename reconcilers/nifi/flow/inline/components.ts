/**
 * Components of a definition, with every field that NiFi fails without, or that stops a running component when it is left
 * out of a replacement.
 * @module
 */
import type { Component } from '../definition/model.ts'
import type { End } from './ends.ts'
import type { Point } from './layout.ts'
import type { ResolvedConnection } from './resolve.ts'
import type { InlineLabel, InlinePort, InlineProcessor, InlineRetry, InlineService, Properties } from './spec.ts'
import type { Body } from '../../json.ts'

/** What every component is told: who it is, and where it stands. */
export interface Place {
  readonly identifier: string
  readonly key: string
  readonly position: Point
}

/** A processor whose type may be short, without a bundle. */
export function processorOf(
  { identifier, key, position }: Place,
  spec: InlineProcessor,
  properties: Properties
): Component {
  return {
    identifier,
    name: spec.name ?? key,
    comments: spec.comments ?? '',
    position: { ...position },
    type: spec.type,
    properties,
    propertyDescriptors: {},
    schedulingPeriod: spec.cron ?? spec.every ?? '0 sec',
    schedulingStrategy: spec.cron === undefined ? 'TIMER_DRIVEN' : 'CRON_DRIVEN',
    executionNode: (spec.runOn ?? 'all').toUpperCase(),
    penaltyDuration: spec.penalty ?? '30 sec',
    yieldDuration: spec.yield ?? '1 sec',
    bulletinLevel: spec.bulletin ?? 'WARN',
    runDurationMillis: 0,
    concurrentlySchedulableTaskCount: spec.tasks ?? 1,
    autoTerminatedRelationships: spec.terminate ?? [],
    style: {},
    scheduledState: scheduledState(spec),
    ...retryFields(spec.retry)
  }
}

function retryFields(retry: InlineRetry | undefined): Body {
  return {
    retryCount: retry?.count ?? 10,
    retriedRelationships: retry?.relationships ?? [],
    backoffMechanism: retry?.backoff ?? 'PENALIZE_FLOWFILE',
    maxBackoffPeriod: retry?.maxBackoff ?? '10 mins'
  }
}

/** A controller service whose type may be short, without a bundle. */
export function serviceOf(identifier: string, key: string, spec: InlineService, properties: Properties): Component {
  return {
    identifier,
    name: spec.name ?? key,
    comments: spec.comments ?? '',
    type: spec.type,
    properties,
    propertyDescriptors: {},
    bulletinLevel: 'WARN',
    scheduledState: 'DISABLED'
  }
}

export function portOf(
  type: 'INPUT_PORT' | 'OUTPUT_PORT',
  { identifier, key, position }: Place,
  spec: InlinePort
): Component {
  return {
    identifier,
    name: key,
    comments: spec.comments ?? '',
    position: { ...position },
    type,
    concurrentlySchedulableTaskCount: spec.tasks ?? 1,
    allowRemoteAccess: false,
    scheduledState: scheduledState(spec)
  }
}

export function funnelOf({ identifier, position }: Place): Component {
  return { identifier, position: { ...position } }
}

export function labelOf({ identifier, position }: Place, { text, width, height }: InlineLabel): Component {
  return { identifier, position: { ...position }, label: text, width: width ?? 300, height: height ?? 150, style: {} }
}

/** `prefix` stands before the identifiers of the connection's group. */
export function connectionOf(prefix: string, { connection, label, from, to }: ResolvedConnection): Component {
  const { relationships, name, maxObjects, maxSize, expire, prioritizers, loadBalance } = connection
  return {
    identifier: `${prefix}${label}`,
    ...(name === undefined ? {} : { name }),
    source: endBody(prefix, from),
    destination: endBody(prefix, to),
    labelIndex: 0,
    zIndex: 0,
    bends: [],
    // What leaves a port or a funnel does so by a relationship without a name.
    selectedRelationships: from.type === 'PROCESSOR' ? relationships : [''],
    backPressureObjectThreshold: maxObjects ?? 10_000,
    backPressureDataSizeThreshold: maxSize ?? '1 GB',
    flowFileExpiration: expire ?? '0 sec',
    prioritizers: prioritizers ?? [],
    loadBalanceStrategy: loadBalance?.strategy ?? 'DO_NOT_LOAD_BALANCE',
    partitioningAttribute: loadBalance?.attribute ?? '',
    loadBalanceCompression: loadBalance?.compression ?? 'DO_NOT_COMPRESS'
  }
}

function endBody(prefix: string, { type, key, group }: End): Body {
  if (group === undefined) return { id: `${prefix}${key}`, type }
  return { id: `${prefix}${group}/${key}`, groupId: `${prefix}${group}`, type }
}

function scheduledState({ disabled }: { readonly disabled?: boolean | undefined }): string {
  return disabled === true ? 'DISABLED' : 'ENABLED'
}
