/**
 * Flows for tests: what is declared, and what a NiFi that took it shows.
 */
import type { Desired } from '../../../../src/contract.ts'
import { type Json, keyOf } from '../../../../src/records.ts'
import { digestOf } from '../../../../reconcilers/nifi/flow/definition/canonical.ts'
import type { Component, Content, Group } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import type { Marker } from '../../../../reconcilers/nifi/flow/identity/marker.ts'
import type { FlowFacts } from '../../../../reconcilers/nifi/flow/facts.ts'
import type { FlowSpec } from '../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import type { Body } from '../../../../reconcilers/nifi/json.ts'

const processorFields = {
  position: { x: 0, y: 0 },
  propertyDescriptors: {},
  schedulingPeriod: '10 sec',
  schedulingStrategy: 'TIMER_DRIVEN',
  executionNode: 'ALL',
  penaltyDuration: '30 sec',
  yieldDuration: '1 sec',
  bulletinLevel: 'WARN',
  runDurationMillis: 0,
  concurrentlySchedulableTaskCount: 1
} as const

/** With everything an import needs. */
export function processor(
  identifier: string,
  properties: Readonly<Record<string, Json>> = {},
  fields: Body = {}
): Component {
  const type = 'org.apache.nifi.processors.standard.GenerateFlowFile'
  const bundle = { group: 'org.apache.nifi', artifact: 'nifi-standard-nar' }
  return { identifier, name: identifier, type, bundle, ...processorFields, properties, ...fields }
}

const connection: Component = {
  identifier: 'c1',
  source: { id: 'gen', type: 'PROCESSOR' },
  destination: { id: 'log', type: 'PROCESSOR' },
  selectedRelationships: ['success'],
  labelIndex: 0,
  zIndex: 0,
  backPressureObjectThreshold: 10_000,
  backPressureDataSizeThreshold: '1 GB',
  flowFileExpiration: '0 sec'
}

export const heartbeat: Group = {
  identifier: 'top',
  name: 'heartbeat',
  processors: [processor('gen', { 'File Size': '1KB' }), processor('log')],
  connections: [connection]
}

export function content(group: Group = heartbeat, more: Partial<Content> = {}): Content {
  return { form: 'file', group, parameterContexts: {}, externalControllerServices: {}, ...more }
}

export function spec(more: Partial<FlowSpec> = {}): FlowSpec {
  return {
    definition: 'heartbeat.flow.json',
    state: 'RUNNING',
    onRemovedQueues: 'fail',
    drainTimeout: 60_000,
    adopt: false,
    content: content(),
    ...more
  }
}

/** A group as it is live: with ids of this server. */
export function live(group: Group = heartbeat, id = 'id-1'): Group {
  const settle = <B extends Body>(part: B): B => {
    const entries = Object.entries(part).map(
      ([field, value]) =>
        [field, Array.isArray(value) ? value.map((each: Json) => (isPart(each) ? settle(each) : each)) : value] as const
    )
    const identifier = part['identifier']
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same part with one field more
    return {
      ...Object.fromEntries(entries),
      ...(typeof identifier === 'string' && { instanceIdentifier: `live-${identifier}` })
    } as unknown as B
  }
  return { ...settle(group), identifier: `derived-${id}`, instanceIdentifier: id }
}

function isPart(value: Json): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'identifier' in value
}

/** The marker of a group that is as it was written. */
export function marker(group: Group = heartbeat, definition: Group = live(group)): Marker {
  return { owner: 'infometis', flow: 'heartbeat', desired: digestOf(group), live: digestOf(definition) }
}

export function state(more: Partial<FlowState> = {}): FlowState {
  const definition = more.definition ?? live()
  const counts = { running: 2, stopped: 0, invalid: 0, disabled: 0 }
  return {
    id: 'id-1',
    name: 'heartbeat',
    comments: '',
    marker: marker(heartbeat, live()),
    twins: [],
    counts,
    queued: 0,
    canModify: true,
    definition,
    services: [],
    ...more
  }
}

/** A state nobody has marked. */
export function unmarked(more: Partial<FlowState> = {}): FlowState {
  const { marker: _marker, ...rest } = state(more)
  return rest
}

/** What a parent without anything else shows. */
export function factsOf(more: Partial<FlowFacts> = {}): FlowFacts {
  return {
    parentId: 'root-id',
    mayCreate: true,
    contexts: new Map(),
    offered: [],
    beside: new Map(),
    definitions: [],
    ...more
  }
}

export function declare(name: string, declared: FlowSpec = spec()): Desired<FlowSpec> {
  return {
    key: keyOf('nifi', 'flow', name),
    name,
    spec: declared,
    digest: name,
    control: { paused: false, ignore: [], exact: false },
    at: { file: 'flows.yaml', line: 1, column: 1 }
  }
}
