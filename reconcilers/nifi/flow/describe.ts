/**
 * Live flow → the declaration that would describe it: what people commit when they take over a NiFi that exists.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import type { Group } from './definition/model.ts'
import { namesOnServer, referencesTo } from './references/outside-services.ts'
import { isInSync } from './run-state/run-state.ts'
import type { FlowState } from './state.ts'
import { type Body, isBody } from '../json.ts'

/** Says which server, which instance, or what NiFi works out again anyway. */
const dropped = new Set(['instanceIdentifier', 'instanceGroupId', 'groupIdentifier', 'componentType'])

/** Of the group itself: what the item says, or what follows from where it stands. */
const droppedOfFlow = ['identifier', 'comments', 'position', 'parameterContextName', 'versionedFlowCoordinates']

/** What NiFi shows in place of a secret, and how it writes an encrypted one. */
const hidden = /^(?:\*{8}|enc\{.*\})$/s

/** The declaration as an item of flows.yaml, with nothing in it that is secret or of this server only. Pure. */
export function describeFlow(state: FlowState): Json {
  const { definition = {}, comments, parameterContext, marker, offered = [] } = state
  const external = referencesTo(definition, namesOnServer(offered))
  return {
    definition: {
      flowContents: flowContents(definition),
      ...(Object.keys(external).length > 0 && { externalControllerServices: external })
    },
    ...(comments !== '' && { comments }),
    ...(parameterContext !== undefined && { parameterContext }),
    state: (['RUNNING', 'STOPPED'] as const).find((declared) => isInSync(declared, state)) ?? 'IGNORE',
    ...(marker === undefined && { adopt: true })
  }
}

function flowContents(group: Group): Body {
  const own = cleanObject(group, typeof group.identifier === 'string' ? group.identifier : undefined)
  return Object.fromEntries(Object.entries(own).filter(([field]) => !droppedOfFlow.includes(field)))
}

/** `flow` is the identifier of the group itself, which NiFi gives again wherever the definition is imported. */
function clean(value: Json, flow: string | undefined): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => clean(entry, flow))
  return isBody(value) ? cleanObject(value, flow) : value
}

function cleanObject(body: Body, flow: string | undefined): Body {
  const { properties, propertyDescriptors: descriptors } = body
  return Object.fromEntries(
    Object.entries(body).flatMap(([field, value]): [string, Json][] => {
      if (field === 'properties' && isBody(properties))
        return [[field, withoutSecrets(properties, isBody(descriptors) ? descriptors : {})]]
      if (field === 'propertyDescriptors' && isBody(value)) return [[field, tellingDescriptors(value)]]
      if (dropped.has(field) || value === null || isEmptyList(value) || (field === 'groupId' && value === flow))
        return []
      return [[field, clean(value, flow)]]
    })
  )
}

/** A reference to a parameter is no secret; a value that is one, NiFi shows at most masked. */
function withoutSecrets(properties: Body, descriptors: Body): Body {
  return Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => {
      if (typeof value !== 'string') return value !== null
      const descriptor = descriptors[name]
      const isSensitive = isBody(descriptor) && descriptor['sensitive'] === true
      return !hidden.test(value) && (!isSensitive || /^#\{[^}]*\}$/.test(value))
    })
  )
}

/** Descriptors tell NiFi which properties are services outside of the group, and us which are secret; the rest it knows itself. */
function tellingDescriptors(descriptors: Body): Body {
  return Object.fromEntries(
    Object.entries(descriptors).flatMap(([name, descriptor]) => {
      if (
        !isBody(descriptor) ||
        (descriptor['identifiesControllerService'] !== true && descriptor['sensitive'] !== true)
      )
        return []
      const telling = ['name', 'displayName', 'identifiesControllerService', 'sensitive'].flatMap(
        (field): [string, Json][] => {
          const value = descriptor[field]
          return value === undefined ? [] : [[field, value]]
        }
      )
      return [[name, Object.fromEntries(telling)] as const]
    })
  )
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0
}
