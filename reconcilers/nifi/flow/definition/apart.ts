/**
 * Fields that NiFi leaves as they are when it replaces a definition, and says nothing: measured on 1.18 and 2.3, field by
 * field, at every depth.
 * @module
 */
import type { FieldChange, Json } from '../../../../src/plugin.ts'
import type { List } from '../identity/words.ts'
import type { Component, Group } from './model.ts'
import { listOf } from './parts.ts'
import { type Body, asBody, fieldOf, itemsOf, textOf } from '../../json.ts'

/** A field that a request of its own writes. */
export interface Apart {
  readonly what: 'context' | 'target'
  /** Live id of the group or of the remote process group. */
  readonly id: string
  /** The name of the parameter context, or the addresses. */
  readonly value: string
}

type Kept = Pick<FieldChange, 'risk' | 'why'> & { readonly apart?: Apart }

/** What is to be said of a difference in a field, and how it is written; undefined: a replacement writes it. Pure. */
export function keptOf(list: List, field: string, live: Body, desired: Body): Kept | undefined {
  const id = textOf(live['instanceIdentifier'])
  if (list === 'remoteProcessGroups' && field === 'targetUris') {
    const apart: Apart = { what: 'target', id, value: textOf(desired['targetUris']) }
    return { risk: 'disruptive', why: 'it would exchange FlowFiles with another NiFi', apart }
  }
  if ((list === 'inputPorts' || list === 'outputPorts') && field === 'allowRemoteAccess') {
    return {
      risk: 'unsupported',
      why: 'NiFi decides that when it makes a port, and keeps it; declare the port under another identifier'
    }
  }
  // From none to one and from one to none a replacement leads.
  const [from, to] = [textOf(live['parameterContextName']), textOf(desired['parameterContextName'])]
  if (list !== 'processGroups' || field !== 'parameterContextName' || from === '' || to === '') return undefined
  return { risk: 'safe', apart: { what: 'context', id, value: to } }
}

/**
 * Remote process groups of a group as they are compared: with those of their ports that something is connected to, because NiFi
 * adds what else it discovers at the target, and with their addresses in one field, as 1.x and 2.x write them. Pure.
 */
export function comparedRemotes(group: Group): readonly Component[] {
  const remotes = listOf(group, 'remoteProcessGroups')
  if (remotes.length === 0) return remotes
  const ends = listOf(group, 'connections').flatMap((connection) =>
    [connection['source'], connection['destination']].map((end) => textOf(asBody(end)['id']))
  )
  const connected = new Set(ends)
  const used = (ports: Json | undefined): readonly Json[] =>
    itemsOf(ports).filter((port) => connected.has(textOf(asBody(port)['identifier'])))
  return remotes.map((remote) => {
    const target = textOf(fieldOf(remote, 'targetUris')) || textOf(fieldOf(remote, 'targetUri'))
    return {
      ...remote,
      inputPorts: used(remote['inputPorts']),
      outputPorts: used(remote['outputPorts']),
      ...(target !== '' && { targetUris: target })
    }
  })
}
