/**
 * A flow definition as NiFi's "Download flow definition" writes it and its import takes it.
 * @module
 */
import type { Body } from '../../json.ts'

/** Kinds of components by the field of a group that lists them, in the order in which people think of them. */
export const componentLists = [
  'processors',
  'inputPorts',
  'outputPorts',
  'funnels',
  'labels',
  'remoteProcessGroups',
  'controllerServices',
  'connections'
] as const
export type ComponentList = (typeof componentLists)[number]

/** A component: what its kind needs, and `identifier`, which is its own in the whole definition. */
export type Component = Body & { readonly identifier: string }

/** A process group: its own fields, its components, and the groups inside it. A list that is empty may be absent. */
export type Group = Body &
  Partial<Readonly<Record<ComponentList, readonly Component[]>>> & {
    readonly identifier?: string
    readonly name?: string
    readonly comments?: string
    readonly processGroups?: readonly (Group & { readonly identifier: string })[]
  }

/** What a flow is to be: from a file, or compiled from the inline form. */
export interface Content {
  /** How its author writes it: fields and components are named in those words. */
  readonly form: 'file' | 'inline'
  readonly group: Group
  /** Parameter contexts the definition brings along, by name; `{}` when it brings none. */
  readonly parameterContexts: Body
  /** Services outside of the group it refers to, by identifier; `{}` when there are none. */
  readonly externalControllerServices: Body
}
