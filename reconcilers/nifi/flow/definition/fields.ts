/**
 * Which fields of a definition mean something, what stands for one that is absent, and when two values are the same.
 * Follows NiFi's own comparator (StandardFlowComparator, FlowDifferenceFilters) and what servers of 1.18 and 2.3 write.
 * @module
 */
import type { Json } from '../../../../src/contract.ts'
import { isNumber, writtenNumber, writtenText } from '../../../../src/parse/written-number.ts'
import type { List } from '../words.ts'
import { bodyOf, byText, fieldOf, itemsOf, textOf } from './parts.ts'
import type { Body } from './model.ts'

export interface FieldRule {
  /** What NiFi takes when the field is absent; without one, a field the file leaves out stays as it is. */
  readonly fallback?: Json
  /** Known to some versions only: a server that does not show it does not have it. */
  readonly recent?: true
  /** Known to some versions only, and not shown while it is not set: those that show the other field know it. */
  readonly shownWith?: string
  /** Of a live list only those items count that the declared one has, by identifier: NiFi adds what it discovers. */
  readonly among?: true
  /** What the properties of a type are, NiFi decides when it takes a definition: it may come from another bundle there. */
  readonly isMade?: true
  /** Brings values that mean the same to one form. */
  normal?(value: Json): Json
}

const set = { fallback: [], normal: (value: Json): Json => [...new Set(itemsOf(value).map(textOf))].toSorted(byText) }
const state: FieldRule = { fallback: 'ENABLED', normal: (value) => (value === 'RUNNING' ? 'ENABLED' : value) }
const bundle: FieldRule = { isMade: true, normal: (value) => pick(value, ['group', 'artifact']) }
const end: FieldRule = { normal: (value) => pick(value, ['id', 'type']) }
const remotePorts: FieldRule = {
  fallback: [],
  among: true,
  normal: (value) => itemsOf(value).map(bodyOf).map(remotePort).toSorted((a, b) => byText(textOf(a['identifier']), textOf(b['identifier'])))
}
/** NiFi writes a size in capitals, where it is that of a group. */
const sizeOfGroup = { fallback: '1 GB', normal: (value: Json): Json => textOf(value).toUpperCase() } satisfies FieldRule
/** NiFi keeps no variable without a value. */
const variables: FieldRule = { fallback: {}, recent: true, normal: (value) => Object.fromEntries(Object.entries(bodyOf(value)).filter(([, each]) => each !== null)) }
/** The bucket may be kept elsewhere, and 1.x counts versions where 2.x names them. */
const coordinates: FieldRule = {
  fallback: null,
  normal: (value) => ({ ...pick(value, ['bucketId', 'flowId', 'branch']), version: digitsOf(bodyOf(value)['version']) })
}

/** Means something for ports that other servers can reach; NiFi does not compare it for others. */
const tasksOfPort = 'concurrentlySchedulableTaskCount'

const common = { name: {}, comments: { fallback: '' } } satisfies Rules
const configured = { ...common, bundle, annotationData: { fallback: null }, bulletinLevel: { fallback: 'WARN' } } satisfies Rules
const port = { ...common, [tasksOfPort]: count(1), allowRemoteAccess: { fallback: false }, scheduledState: state, portFunction: { fallback: 'STANDARD', recent: true } } satisfies Rules

type Rules = Readonly<Record<string, FieldRule>>

/** Rules by list and field; `type` and `properties` have rules of their own. */
const rules: Readonly<Record<List, Rules>> = {
  processors: {
    ...configured,
    schedulingPeriod: {},
    schedulingStrategy: { fallback: 'TIMER_DRIVEN' },
    executionNode: { fallback: 'ALL' },
    penaltyDuration: { fallback: '30 sec' },
    yieldDuration: { fallback: '1 sec' },
    runDurationMillis: count(0),
    concurrentlySchedulableTaskCount: count(1),
    autoTerminatedRelationships: set,
    retriedRelationships: set,
    retryCount: count(10),
    backoffMechanism: { fallback: 'PENALIZE_FLOWFILE' },
    maxBackoffPeriod: { fallback: '10 mins' },
    scheduledState: state
  },
  controllerServices: configured,
  inputPorts: port,
  outputPorts: port,
  funnels: {},
  labels: { label: { fallback: '' } },
  remoteProcessGroups: {
    targetUris: {},
    communicationsTimeout: { fallback: '30 sec' },
    yieldDuration: { fallback: '10 sec' },
    transportProtocol: { fallback: 'RAW' },
    localNetworkInterface: { fallback: '' },
    proxyHost: { fallback: '' },
    proxyPort: count(null),
    proxyUser: { fallback: '' },
    inputPorts: remotePorts,
    outputPorts: remotePorts
  },
  connections: {
    name: { fallback: '' },
    source: end,
    destination: end,
    selectedRelationships: set,
    backPressureObjectThreshold: count(10_000),
    backPressureDataSizeThreshold: { fallback: '1 GB' },
    flowFileExpiration: { fallback: '0 sec' },
    prioritizers: { fallback: [] },
    loadBalanceStrategy: { fallback: 'DO_NOT_LOAD_BALANCE' },
    loadBalanceCompression: { fallback: 'DO_NOT_COMPRESS' },
    partitioningAttribute: { fallback: '' }
  },
  processGroups: {
    ...common,
    parameterContextName: { fallback: null },
    versionedFlowCoordinates: coordinates,
    flowFileConcurrency: { fallback: 'UNBOUNDED' },
    flowFileOutboundPolicy: { fallback: 'STREAM_WHEN_AVAILABLE' },
    defaultFlowFileExpiration: { fallback: '0 sec' },
    defaultBackPressureObjectThreshold: count(10_000),
    defaultBackPressureDataSizeThreshold: sizeOfGroup,
    executionEngine: { fallback: 'INHERITED', recent: true },
    maxConcurrentTasks: { ...count(1), recent: true },
    statelessFlowTimeout: { fallback: '1 min', recent: true },
    scheduledState: { ...state, recent: true },
    logFileSuffix: { shownWith: 'executionEngine' },
    variables
  }
}

/**
 * Never compared: who a component is, where it is drawn, what NiFi tells about its type, and what belongs to the
 * server rather than to the flow (run state of services; secrets of remote groups, and what the other side calls itself).
 */
const everywhere = ['identifier', 'instanceIdentifier', 'groupIdentifier', 'instanceGroupId', 'componentType', 'position', 'style', 'zIndex', 'type', 'properties', 'propertyDescriptors']
const apart: Readonly<Partial<Record<List, readonly string[]>>> = {
  labels: ['width', 'height', 'name', 'comments'],
  funnels: ['name', 'comments'],
  connections: ['bends', 'labelIndex', 'comments'],
  controllerServices: ['controllerServiceApis', 'scheduledState'],
  remoteProcessGroups: ['name', 'comments', 'targetUri', 'proxyPassword'],
  processGroups: ['processors', 'inputPorts', 'outputPorts', 'connections', 'labels', 'funnels', 'remoteProcessGroups', 'controllerServices', 'processGroups']
}

/** A field nobody told us of is compared where both sides have it, so that a newer NiFi's is neither lost nor drift. */
const unknown: FieldRule = { recent: true }

/** The rule of a field; undefined for one that is never compared. */
export function ruleOf(list: List, field: string): FieldRule | undefined {
  if (Object.hasOwn(rules[list], field)) return rules[list][field]
  return everywhere.includes(field) || apart[list]?.includes(field) === true ? undefined : unknown
}

/** Fields of a component that can differ from those of another, as the first of the two has it. */
export function comparedFields(list: List, component: Body, other: Body = {}): readonly string[] {
  const fields = new Set([...Object.keys(rules[list]), ...Object.keys(component), ...Object.keys(other)])
  const isInside = (list === 'inputPorts' || list === 'outputPorts') && component['allowRemoteAccess'] !== true
  return [...fields].filter((field) => ruleOf(list, field) !== undefined && !(isInside && field === tasksOfPort))
}

/** A field's value in normal form, filled in where it is absent; undefined where nothing stands for it. */
export function normalValue(rule: FieldRule, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return rule.fallback
  return rule.normal === undefined ? value : rule.normal(value)
}

/** A number of any size, which NiFi takes as text as well, and `1e4` for 10000. */
function count(fallback: Json): FieldRule {
  return { fallback, normal: (value) => inDigits(value) ?? value }
}

function inDigits(value: Json): Json | undefined {
  const text = isNumber(value) ? writtenText(value) : textOf(value)
  if (/^\s*-?\d+\s*$/.test(text)) return writtenNumber(BigInt(text).toString())
  const double = Number(text)
  return isNumber(value) && Number.isInteger(double) ? writtenNumber(BigInt(double).toString()) : undefined
}

function remotePort(body: Body): Body {
  const tasks = normalValue(count(1), fieldOf(body, 'concurrentlySchedulableTaskCount')) ?? 1
  const batch = pick(body['batchSize'] ?? null, ['count', 'size', 'duration'])
  return { ...pick(body, ['identifier', 'name']), concurrentlySchedulableTaskCount: tasks, useCompression: body['useCompression'] === true, ...(Object.keys(batch).length > 0 && { batchSize: batch }) }
}

function digitsOf(version: Json | undefined): string {
  return isNumber(version) ? writtenText(version) : textOf(version)
}

function pick(value: Json, fields: readonly string[]): Body {
  const body = bodyOf(value)
  return Object.fromEntries(fields.flatMap((field) => (fieldOf(body, field) === undefined || body[field] === null ? [] : [[field, body[field] ?? null]])))
}
