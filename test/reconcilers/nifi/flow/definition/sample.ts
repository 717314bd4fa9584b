/**
 * Parts of definitions for tests, as NiFi 2.3 would accept them.
 * @module
 */
import type { Component, Content, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

/** A processor that imports. */
export function processor(identifier: string, more: Body = {}): Component {
  return {
    identifier,
    name: identifier,
    type: 'org.apache.nifi.processors.standard.GenerateFlowFile',
    bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar' },
    position: { x: 0, y: 0 },
    properties: {},
    propertyDescriptors: {},
    schedulingPeriod: '10 sec',
    schedulingStrategy: 'TIMER_DRIVEN',
    executionNode: 'ALL',
    penaltyDuration: '30 sec',
    yieldDuration: '1 sec',
    bulletinLevel: 'WARN',
    runDurationMillis: 0,
    concurrentlySchedulableTaskCount: 1,
    autoTerminatedRelationships: [],
    ...more
  }
}

/** A connection that imports. */
export function connection(identifier: string, source: string, destination: string, more: Body = {}): Component {
  return {
    identifier,
    source: { id: source, type: 'PROCESSOR' },
    destination: { id: destination, type: 'PROCESSOR' },
    labelIndex: 0,
    zIndex: 0,
    selectedRelationships: ['success'],
    backPressureObjectThreshold: 10_000,
    backPressureDataSizeThreshold: '1 GB',
    flowFileExpiration: '0 sec',
    ...more
  }
}

/** A service that imports. */
export function service(identifier: string, more: Body = {}): Component {
  return {
    identifier,
    name: identifier,
    type: 'org.apache.nifi.distributed.cache.client.MapCacheClientService',
    bundle: { group: 'org.apache.nifi', artifact: 'nifi-distributed-cache-services-nar' },
    properties: {},
    propertyDescriptors: {},
    ...more
  }
}

/** gen → log. */
export const heartbeat: Group = {
  name: 'heartbeat',
  processors: [
    processor('gen', { properties: { 'File Size': '1KB' } }),
    processor('log', {
      type: 'org.apache.nifi.processors.standard.LogAttribute',
      autoTerminatedRelationships: ['success']
    })
  ],
  connections: [connection('gen-success-log', 'gen', 'log')]
}

/** A group as the content of a file. */
export function fileContent(group: Group, more: Partial<Content> = {}): Content {
  return { form: 'file', group, parameterContexts: {}, externalControllerServices: {}, ...more }
}
