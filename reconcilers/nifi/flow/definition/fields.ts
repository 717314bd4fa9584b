/**
 * Which fields of a definition mean something. Follows NiFi's own comparator (StandardFlowComparator,
 * FlowDifferenceFilters) and what servers of 1.18 and 2.3 write.
 * @module
 */
import type { List } from '../identity/words.ts'
import {
  bundle,
  coordinates,
  count,
  end,
  remotePorts,
  set,
  sizeOfGroup,
  state,
  variables,
  type FieldRule
} from './field-rule.ts'
import type { Body } from '../../json.ts'

/** Means something for ports that other servers can reach; NiFi does not compare it for others. */
const tasksOfPort = 'concurrentlySchedulableTaskCount'

const common = { name: {}, comments: { fallback: '' } } satisfies Rules
const configured = {
  ...common,
  bundle,
  annotationData: { fallback: null },
  bulletinLevel: { fallback: 'WARN' }
} satisfies Rules
const port = {
  ...common,
  [tasksOfPort]: count(1),
  allowRemoteAccess: { fallback: false },
  scheduledState: state,
  portFunction: { fallback: 'STANDARD', recent: true }
} satisfies Rules

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
const everywhere = [
  'identifier',
  'instanceIdentifier',
  'groupIdentifier',
  'instanceGroupId',
  'componentType',
  'position',
  'style',
  'zIndex',
  'type',
  'properties',
  'propertyDescriptors'
]
const apart: Readonly<Partial<Record<List, readonly string[]>>> = {
  labels: ['width', 'height', 'name', 'comments'],
  funnels: ['name', 'comments'],
  connections: ['bends', 'labelIndex', 'comments'],
  controllerServices: ['controllerServiceApis', 'scheduledState'],
  remoteProcessGroups: ['name', 'comments', 'targetUri', 'proxyPassword'],
  processGroups: [
    'processors',
    'inputPorts',
    'outputPorts',
    'connections',
    'labels',
    'funnels',
    'remoteProcessGroups',
    'controllerServices',
    'processGroups'
  ]
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
