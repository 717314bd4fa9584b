/**
 * Flow definitions as people export them, small enough to read.
 * @module
 */
import type { Json } from '../../../src/records.ts'

type JsonObject = { readonly [name: string]: Json }

/** A processor with every field whose absence would make NiFi restart it at each replacement. */
export function processorOf(name: string, type: string, fields: JsonObject = {}): JsonObject {
  return {
    identifier: name,
    name,
    position: { x: 0, y: 0 },
    type: `org.apache.nifi.processors.standard.${type}`,
    bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar' },
    properties: {},
    propertyDescriptors: {},
    schedulingPeriod: '0 sec',
    schedulingStrategy: 'TIMER_DRIVEN',
    executionNode: 'ALL',
    penaltyDuration: '30 sec',
    yieldDuration: '1 sec',
    bulletinLevel: 'WARN',
    runDurationMillis: 0,
    concurrentlySchedulableTaskCount: 1,
    autoTerminatedRelationships: [],
    style: {},
    scheduledState: 'ENABLED',
    retryCount: 10,
    backoffMechanism: 'PENALIZE_FLOWFILE',
    maxBackoffPeriod: '10 mins',
    ...fields
  }
}

/** A connection between two processors by their names. */
export function connectionOf(
  source: string,
  relationship: string,
  destination: string,
  fields: JsonObject = {}
): JsonObject {
  return {
    identifier: `${source}-${relationship}-${destination}`,
    source: { id: source, type: 'PROCESSOR' },
    destination: { id: destination, type: 'PROCESSOR' },
    labelIndex: 0,
    zIndex: 0,
    selectedRelationships: [relationship],
    backPressureObjectThreshold: 10_000,
    backPressureDataSizeThreshold: '1 GB',
    flowFileExpiration: '0 sec',
    partitioningAttribute: '',
    ...fields
  }
}

/** A definition of one group. */
export function definitionOf(
  name: string,
  processors: readonly JsonObject[],
  connections: readonly JsonObject[],
  fields: JsonObject = {}
): JsonObject {
  return { flowContents: { name, processors, connections, ...fields } }
}

/** `gen` makes a FlowFile of one kilobyte now and then, and `log` writes it into the log. It imports on every version. */
export function heartbeat(name = 'heartbeat', { every = '10 sec', size = '1KB', comments = '' } = {}): JsonObject {
  const processors = [
    processorOf('gen', 'GenerateFlowFile', { properties: { 'File Size': size }, schedulingPeriod: every }),
    processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'], position: { x: 0, y: 200 } })
  ]
  return definitionOf(name, processors, [connectionOf('gen', 'success', 'log')], { comments })
}
