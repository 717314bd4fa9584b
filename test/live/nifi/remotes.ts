/**
 * Flows that send to another NiFi, and what receives there.
 * @module
 */
import type { Json } from '../../../src/records.ts'
import { connectionOf, processorOf } from './definitions.ts'

type Fields = { readonly [name: string]: Json }

/** A flow with an input port of this name that other servers can reach. */
export function receiver(port: string): Json {
  return {
    flowContents: {
      name: 'receiver',
      inputPorts: [
        {
          identifier: 'in',
          name: port,
          type: 'INPUT_PORT',
          position: { x: 0, y: 0 },
          concurrentlySchedulableTaskCount: 1,
          allowRemoteAccess: true,
          scheduledState: 'ENABLED'
        }
      ],
      processors: [processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'] })],
      connections: [
        { ...connectionOf('in', 'x', 'log', { source: { id: 'in', type: 'INPUT_PORT' } }), selectedRelationships: [''] }
      ]
    }
  }
}

/** What a sender sends to, and fields of its remote process group. */
export interface Target {
  /** Address of a NiFi. */
  readonly url: string
  /** Names of input ports there, with the id of each. */
  readonly ports: Readonly<Record<string, string>>
  readonly remote?: Fields
}

/** A flow whose group inside makes a FlowFile every now and then and sends it to the ports of another NiFi. */
export function sender({ url, ports, remote = {} }: Target, every = '1 day'): Json {
  const names = Object.keys(ports)
  const inputPorts = Object.entries(ports).map(([name, targetId]): Json => ({
    identifier: `to-${name}`,
    name,
    targetId,
    remoteGroupId: 'remote',
    concurrentlySchedulableTaskCount: 1,
    useCompression: false,
    batchSize: {},
    componentType: 'REMOTE_INPUT_PORT',
    scheduledState: 'ENABLED'
  }))
  const toPort = (name: string): Json =>
    connectionOf('gen', 'success', name, {
      destination: { id: `to-${name}`, type: 'REMOTE_INPUT_PORT', groupId: 'remote' }
    })
  return {
    flowContents: {
      name: 'sender',
      processGroups: [
        {
          identifier: 'inner',
          name: 'inner',
          position: { x: 0, y: 0 },
          processors: [
            processorOf('gen', 'GenerateFlowFile', { properties: { 'File Size': '1B' }, schedulingPeriod: every })
          ],
          remoteProcessGroups: [
            {
              identifier: 'remote',
              name: 'remote',
              position: { x: 0, y: 0 },
              targetUri: url,
              targetUris: url,
              communicationsTimeout: '30 sec',
              yieldDuration: '10 sec',
              transportProtocol: 'HTTP',
              inputPorts,
              outputPorts: [],
              ...remote
            }
          ],
          connections: names.map(toPort)
        }
      ]
    }
  }
}
