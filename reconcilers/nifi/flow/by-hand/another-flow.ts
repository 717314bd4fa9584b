/**
 * A definition that has next to nothing in common with the live group it would be written over.
 * @module
 */
import { isAsWritten } from './added-by-hand.ts'
import type { Component, ComponentList, Content, Group } from '../definition/model.ts'
import { groupsOf, listOf } from '../definition/parts.ts'
import type { FlowState } from '../state.ts'
import { isBody } from '../../json.ts'

/** What works or may keep a state. Connections and labels are not counted: they come and go with what they are drawn between. */
const counted: readonly ComponentList[] = [
  'processors',
  'controllerServices',
  'inputPorts',
  'outputPorts',
  'funnels',
  'remoteProcessGroups'
]

/** Of what is live, this share must be left, or it is another flow. */
const leastKept = 1 / 4

/**
 * Why the whole flow waits: fewer than a quarter of the live components are declared. NiFi matches by identifier, removes
 * the others with their state, and makes new ones in their place. Undefined: it is the same flow, there is nothing to
 * lose, or the definition is the one that was taken and the group is what has changed. Pure.
 */
export function whyAnotherFlow({ group, form }: Content, { marker, definition }: FlowState): string | undefined {
  if (definition === undefined || isAsWritten(group, marker)) return undefined
  const live = count(definition)
  const kept = countKept(group, definition)
  if (live === 0 || kept >= live * leastKept) return undefined
  const found = kept === 0 ? 'none' : `only ${kept}`
  return `${found} of the live components (${live}) ${kept > 1 ? 'are' : 'is'} declared: ${suspicion(group, form)}; the group would be replaced as a whole, with what its components remember; ${advice[form]}`
}

function suspicion(group: Group, form: Content['form']): string {
  if (count(group) === 0) return 'the definition is empty'
  return form === 'inline'
    ? 'this is another flow, or its keys were renamed'
    : 'this is another flow, or one that was exported from a copy, whose identifiers are others'
}

const advice: Readonly<Record<Content['form'], string>> = {
  inline: 'keep the keys of what is to stay, or declare another flow under a name of its own',
  file: 'download the live group and change that, or declare another flow under a name of its own'
}

function count(group: Group): number {
  return groupsOf(group).reduce(
    (sum, inner) => sum + count(inner),
    counted.reduce((sum, list) => sum + listOf(group, list).length, 0)
  )
}

/** As components are matched when they are compared: in the same list of the same group. */
function countKept(desired: Group, live: Group): number {
  const own = counted.map((list) => listOf(live, list).filter(isIn(listOf(desired, list))).length)
  const inner = groupsOf(live).map((group) => {
    const declared = groupsOf(desired).find(({ identifier }) => identifier === group.identifier)
    if (declared === undefined) return 0
    // What is in a version of a flow is told by its registry.
    return isBody(declared['versionedFlowCoordinates']) ? count(group) : countKept(declared, group)
  })
  return [...own, ...inner].reduce((sum, each) => sum + each, 0)
}

function isIn(components: readonly Component[]): (component: Component) => boolean {
  const identifiers = new Set(components.map(({ identifier }) => identifier))
  return ({ identifier }) => identifiers.has(identifier)
}
