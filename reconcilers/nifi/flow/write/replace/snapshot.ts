/**
 * A definition as it is sent, so that both lines of NiFi bind the contexts it names.
 * @module
 */
import type { Json } from '../../../../../src/plugin.ts'
import type { Group } from '../../definition/model.ts'
import { mask } from '../../../parameter-context/mask.ts'
import type { Snapshot } from '../read-flow.ts'
import { type Body, asBody, isBody, itemsOf, textOf } from '../../../json.ts'

/** What is written of a group itself. */
export interface GroupMetadata {
  readonly name: string
  /** With the marker: comments that are left out are lost. */
  readonly comments: string
  /** A context that is not named is unbound. */
  readonly context: string | null
}

/**
 * What is sent of a group: never without its name, its comments and its context. A context that exists keeps its values and
 * is given the parameters it lacks; one that is named and not brought along must be there as a skeleton, or 1.18 answers
 * 500 and 2.3 leaves the group unbound. Pure.
 */
export function snapshotOf(
  group: Group,
  { name, comments, context }: GroupMetadata,
  brought: Pick<Snapshot, 'parameterContexts' | 'externalControllerServices'>
): Snapshot {
  const { parameterContextName: _context, ...rest } = group
  const flowContents: Group = { ...rest, name, comments, ...(context !== null && { parameterContextName: context }) }
  const names = contextNamesOf(flowContents, brought.parameterContexts)
  const parameterContexts = Object.fromEntries(
    names.map((each) => [each, contextBody(each, brought.parameterContexts)])
  )
  return { flowContents, parameterContexts, externalControllerServices: brought.externalControllerServices }
}

/** Names of the contexts a group and the groups in it are bound to, and of those they inherit from. Pure. */
export function contextNamesOf(group: Group, brought: Body): readonly string[] {
  const names = new Set<string>()
  const add = (name: string): void => {
    if (name === '' || names.has(name)) return
    names.add(name)
    for (const inherited of itemsOf(asBody(brought[name])['inheritedParameterContexts'])) add(textOf(inherited))
  }
  const addAll = (each: Group): void => {
    add(textOf(each['parameterContextName']))
    for (const inner of each.processGroups ?? []) addAll(inner)
  }
  addAll(group)
  return [...names]
}

function contextBody(name: string, brought: Body): Json {
  const body = brought[name]
  if (!isBody(body)) return { name, parameters: [] }
  return { ...body, name, parameters: itemsOf(body['parameters']).map(withoutMask) }
}

/** A mask stands for a secret and would become its value. */
function withoutMask(parameter: Json): Json {
  const { value, ...rest } = asBody(parameter)
  return value === undefined || value === mask ? rest : { ...rest, value }
}
