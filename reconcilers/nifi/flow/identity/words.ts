/**
 * The words in which the author of a flow names its parts: NiFi's own in a definition, people's in the inline form.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import type { Component, ComponentList, Content } from '../definition/model.ts'

/** A list of components or of groups, by its field in a definition. */
export type List = ComponentList | 'processGroups'

export interface Words {
  /** `controllerServices` → `services`. */
  list(list: List): string
  /** The key under which the author wrote a component; undefined where only its name tells it from others. */
  component(list: List, component: Component): string | undefined
  /**
   * A field of a component, or of the group itself for the list `processGroups`: `schedulingPeriod` → `every`, of a
   * component that is scheduled by cron → `cron`.
   */
  field(list: List, field: string, component?: Component): string
  /** A value of such a field as the author would write it: `ALL` → `all`. */
  value(list: List, field: string, value: Json): Json
}

/** A definition file speaks NiFi's own words. */
export const fileWords: Words = {
  list: (list) => list,
  component: () => undefined,
  field: (_list, field) => field,
  value: (_list, _field, value) => value
}

const lists: Readonly<Partial<Record<List, string>>> = { controllerServices: 'services', processGroups: 'groups' }

const processorFields: Readonly<Record<string, string>> = {
  schedulingPeriod: 'every',
  concurrentlySchedulableTaskCount: 'tasks',
  penaltyDuration: 'penalty',
  yieldDuration: 'yield',
  bulletinLevel: 'bulletin',
  executionNode: 'runOn',
  autoTerminatedRelationships: 'terminate',
  retryCount: 'retry.count',
  retriedRelationships: 'retry.relationships',
  backoffMechanism: 'retry.backoff',
  maxBackoffPeriod: 'retry.maxBackoff',
  scheduledState: 'disabled'
}

const portFields: Readonly<Record<string, string>> = {
  concurrentlySchedulableTaskCount: 'tasks',
  scheduledState: 'disabled'
}

const fields: Readonly<Partial<Record<List, Readonly<Record<string, string>>>>> = {
  processors: processorFields,
  inputPorts: portFields,
  outputPorts: portFields,
  labels: { label: 'text' },
  connections: {
    selectedRelationships: 'relationships',
    backPressureObjectThreshold: 'maxObjects',
    backPressureDataSizeThreshold: 'maxSize',
    flowFileExpiration: 'expire',
    loadBalanceStrategy: 'loadBalance.strategy',
    partitioningAttribute: 'loadBalance.attribute',
    loadBalanceCompression: 'loadBalance.compression'
  },
  processGroups: { parameterContextName: 'parameterContext' }
}

/** The words of the inline form, whose identifiers `compileInline` derives from the keys. */
export const inlineWords: Words = {
  list: (list) => lists[list] ?? list,
  component: (_list, { identifier }) => keyOf(identifier),
  field(list, field, component) {
    if (field === 'schedulingPeriod' && component?.['schedulingStrategy'] === 'CRON_DRIVEN') return 'cron'
    return wordFor(list, field) ?? field
  },
  value(list, field, value) {
    if (wordFor(list, field) === 'disabled') return value === 'DISABLED'
    return field === 'executionNode' && typeof value === 'string' ? value.toLowerCase() : value
  }
}

function wordFor(list: List, field: string): string | undefined {
  const words = fields[list] ?? {}
  return Object.hasOwn(words, field) ? words[field] : undefined
}

/** The words of a definition's author. */
export function wordsOf({ form }: Content): Words {
  return form === 'inline' ? inlineWords : fileWords
}

/** `a/b/gen` → `gen`, `a/b/gen:text/plain -> log` → `gen:text/plain -> log`: only what stands before the key is left out. */
function keyOf(identifier: string): string {
  return identifier.replace(/^(?:[^/:]+\/)+/, '')
}
