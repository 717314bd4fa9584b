/**
 * Parameters a flow refers to, beside those its contexts give.
 * @module
 */
import type { CheckContext } from '../../../../src/plugin.ts'
import type { Content, Group } from '../definition/model.ts'
import { configuredIn } from './outside-services.ts'
import type { KnownContext, FlowFacts } from '../facts.ts'
import type { FlowState } from '../state.ts'
import { type Body, isBody } from '../../json.ts'

/** What is declared, and what is live once the server was looked at. */
export type Surroundings = CheckContext<FlowState, FlowFacts>

/** A group that is bound to a context, and the parameters it refers to. */
export interface Binding {
  readonly context: string
  readonly parameters: ReadonlySet<string>
}

/** `#{name}` or `#{'a name'}`; each `##` before it stands for one `#`. Source: NiFi's ExpressionLanguageAgnosticParameterParser. */
const reference = /(#+)\{\s*(?:'([^']*)'|"([^"]*)"|([^{}'"]+?))\s*\}/g

/** Names of the parameters a value refers to. Pure. */
export function parametersIn(value: string): readonly string[] {
  return [...value.matchAll(reference)].flatMap(([, signs = '', ...names]) =>
    signs.length % 2 === 0 ? [] : names.filter((name) => name !== undefined)
  )
}

/** The bindings of a flow and of the groups inside it; `context` is that of the flow itself. NiFi hands none down. Pure. */
export function bindingsOf(group: Group, context: string | null): readonly Binding[] {
  const { processGroups = [], ...own } = group
  const values = configuredIn(own).flatMap(({ properties }) => (isBody(properties) ? Object.values(properties) : []))
  const parameters = new Set(values.flatMap((value) => (typeof value === 'string' ? parametersIn(value) : [])))
  return [
    ...(context === null ? [] : [{ context, parameters }]),
    ...processGroups.flatMap((inner) => bindingsOf(inner, contextNameOf(inner)))
  ]
}

/** The name of the context a group of a definition is bound to. Pure. */
export function contextNameOf({ parameterContextName: name }: Group): string | null {
  return typeof name === 'string' && name !== '' ? name : null
}

/** What is known of a context, from everywhere it is told of; undefined: nothing anywhere. Pure. */
export function knownContext(
  name: string,
  content: Content,
  { declared, observed }: Surroundings
): KnownContext | undefined {
  const item = declared.get('parameter-context')?.find((each) => each.name === name)
  const live = observed?.facts.contexts.get(name)
  const brought = content.parameterContexts[name]
  const all = [
    ...(item === undefined ? [] : [factsOfSpec(item.spec)]),
    ...(live === undefined ? [] : [live]),
    ...(isBody(brought) ? [factsOfBrought(brought)] : [])
  ]
  if (all.length === 0) return undefined
  return {
    parameters: new Set(all.flatMap(({ parameters }) => [...parameters])),
    inherits: all.flatMap(({ inherits }) => inherits)
  }
}

/** Names of the parameters a context gives, with those it inherits; undefined when one of them is not known. Pure. */
export function parametersOf(name: string, content: Content, around: Surroundings): ReadonlySet<string> | undefined {
  const given = new Set<string>()
  const visited = new Set<string>()
  const waiting = [name]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (visited.has(next)) continue
    visited.add(next)
    const facts = knownContext(next, content, around)
    if (facts === undefined) return undefined
    for (const parameter of facts.parameters) given.add(parameter)
    waiting.push(...facts.inherits)
  }
  return given
}

/** A declared context, as far as it tells; a parameter that is `null` is to be taken away. */
function factsOfSpec(spec: unknown): KnownContext {
  const { parameters, inherits } = isObject(spec) ? spec : {}
  const given = isObject(parameters)
    ? Object.entries(parameters).flatMap(([name, value]) => (value === null ? [] : [name]))
    : []
  return { parameters: new Set(given), inherits: namesIn(inherits) }
}

/** A context as a definition brings it along. */
function factsOfBrought({ parameters, inheritedParameterContexts }: Body): KnownContext {
  const given: readonly unknown[] = Array.isArray(parameters) ? parameters : []
  return {
    parameters: new Set(
      given.flatMap((each) => (isObject(each) && typeof each['name'] === 'string' ? [each['name']] : []))
    ),
    inherits: namesIn(inheritedParameterContexts)
  }
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : []
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
