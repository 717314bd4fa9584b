/**
 * Rules over declared flows that need no comparison of fields.
 * @module
 */
import { type CheckContext, type Desired, didYouMean, type Remark, remember } from '../../../src/plugin.ts'
import { checkAhead } from './ahead.ts'
import { compareFlow, isTaken } from './compare.ts'
import { problemsOf } from './definition/check.ts'
import type { FlowFacts, OfferedService } from './facts.ts'
import { namesInContent, referencesTo } from './references/outside-services.ts'
import { hasSensitive, literalSecrets } from './secrets/literal-secrets.ts'
import { flowOfUnfinished } from './identity/unfinished-name.ts'
import { bindingsOf, knownContext, parametersOf } from './references/parameters.ts'
import { descriptorsOf, internalNames } from './identity/property-names.ts'
import type { FlowSpec } from './schema.ts'
import type { FlowState } from './state.ts'
import { wordsOf } from './identity/words.ts'
import { isBody } from '../json.ts'
import { declaredContent, declaredContext } from './declared.ts'

type Flow = Desired<FlowSpec>
type Context = CheckContext<FlowState, FlowFacts>
type Finding = Omit<Remark, 'name'>

/** A definition is the same cycle after cycle, and so is what is wrong with it. */
const problemsIn = remember(problemsOf)
const unboundIn = remember((spec: FlowSpec): readonly string[] => {
  const [own] = declaredContext(spec) === null ? bindingsOf(declaredContent(spec).group, '') : []
  return [...(own?.parameters ?? [])]
})
const bindingsIn = remember((spec: FlowSpec) => bindingsOf(declaredContent(spec).group, declaredContext(spec)))

/** All remarks about all flows; those about what is live only when it was observed. Pure. */
export function checkFlows(desired: readonly Flow[], context: Context): readonly Remark[] {
  const names = Map.groupBy(desired, ({ name }) => name.trim())
  return desired.flatMap((flow) =>
    [
      ...checkName(flow, names.get(flow.name.trim()) ?? []),
      ...checkDefinition(flow.spec),
      ...checkContexts(flow, context),
      ...checkUnbound(flow.spec),
      ...checkExternal(flow, context),
      ...checkOwnership(flow, context),
      ...checkProperties(flow, context),
      ...checkBeside(flow, context),
      ...checkAhead(flow, context)
    ].map((finding) => ({ name: flow.name, ...finding }))
  )
}

function checkName({ name }: Flow, same: readonly Flow[]): readonly Finding[] {
  const base = { verdict: 'invalid', path: [] } as const
  const other = same.find((flow) => flow.name !== name)
  if (other !== undefined)
    return [
      {
        ...base,
        code: 'NAME_COLLISION',
        message: `expected a name of its own, found "${other.name}" beside "${name}", which differ in nothing but spaces; rename one`
      }
    ]
  if (name.trim() === '') return [{ ...base, code: 'NAME', message: 'expected a name, found nothing but spaces' }]
  if (flowOfUnfinished(name.trim()) === undefined) return []
  return [
    {
      ...base,
      code: 'NAME',
      message: `expected a name without "[infometis import]" at its end, found "${name}"; flows are called so while they are made`
    }
  ]
}

/** What is wrong with the definition itself, in whatever NiFi it is to live. */
function checkDefinition(spec: FlowSpec): readonly Finding[] {
  const content = declaredContent(spec)
  const file = content.form === 'file' && typeof spec.definition === 'string' ? `${spec.definition}: ` : ''
  return problemsIn(content).map(({ severity, path, code, message }) => ({
    verdict: severity === 'error' ? 'invalid' : 'warn',
    code,
    path: file === '' ? [] : ['definition'],
    message: path === '' ? `${file}${message}` : `${file}${path}: ${message}`
  }))
}

/** A context that is not there binds nothing: NiFi imports the flow all the same, and it fails where it needs a value. */
function checkContexts({ spec }: Flow, context: Context): readonly Finding[] {
  const content = declaredContent(spec)
  const bindings = Map.groupBy(bindingsIn(spec), (binding) => binding.context)
  return [...bindings].flatMap(([name, bound]): readonly Finding[] => {
    const path = spec.parameterContext === name ? ['parameterContext'] : []
    if (knownContext(name, content, context) === undefined) return [unknownContext(name, path, context)]
    const given = parametersOf(name, content, context)
    const missing = [...new Set(bound.flatMap(({ parameters }) => [...parameters]))].filter(
      (parameter) => given?.has(parameter) === false
    )
    return missing.map((parameter) => ({
      verdict: 'warn',
      code: 'UNKNOWN_PARAMETER',
      path,
      message: `expected a parameter of the context "${name}", found #{${parameter}}, which neither it nor what it inherits gives${didYouMean(parameter, given ?? [])}`
    }))
  })
}

/** Parameters of the flow itself when nothing binds it to a context; groups inside are checked with the definition. */
function checkUnbound(spec: FlowSpec): readonly Finding[] {
  const parameters = unboundIn(spec)
  if (parameters.length === 0) return []
  const message = `expected a parameter context, found none for ${parameters.map((name) => `#{${name}}`).join(', ')}; name one as "parameterContext"`
  return [{ verdict: 'warn', code: 'UNKNOWN_PARAMETER', path: [], message }]
}

function unknownContext(name: string, path: readonly string[], { declared, observed }: Context): Finding {
  const known = [
    ...(declared.get('parameter-context') ?? []).map((item) => item.name),
    ...(observed?.facts.contexts.keys() ?? [])
  ]
  const where =
    observed === undefined
      ? 'which is not declared here; the server may hold it'
      : 'which is neither declared nor to be seen on the server'
  const message = `expected a parameter context, found "${name}", ${where}${didYouMean(name, known)}`
  return { verdict: observed === undefined ? 'warn' : 'hold', code: 'UNKNOWN_CONTEXT', path, message }
}

/** NiFi finds a service outside of the flow by its name and by what it offers, and takes it only when there is exactly one. */
function checkExternal({ spec }: Flow, { observed }: Context): readonly Finding[] {
  if (observed === undefined) return []
  const content = declaredContent(spec)
  const names = namesInContent(content)
  const used = Object.keys(referencesTo(content.group, names))
  return [...new Set(used.flatMap((identifier) => names.get(identifier) ?? []))].flatMap((name): readonly Finding[] => {
    const same = observed.facts.offered.filter((service) => service.name === name)
    if (same.length === 1 || !isAmbiguous(same)) return []
    const found =
      same.length === 0
        ? `none${didYouMean(
            name,
            observed.facts.offered.map((service) => service.name)
          )}`
        : `${same.length}: ${same.map(({ id }) => id).join(', ')}`
    return [
      {
        verdict: 'invalid',
        code: 'EXTERNAL_SERVICE',
        path: [],
        message: `expected exactly one service "${name}" in the parent group or above it, found ${found}`
      }
    ]
  })
}

/** None, or several that offer the same: which one is meant, NiFi cannot tell. Of those that offer different things, it can. */
function isAmbiguous(services: readonly OfferedService[]): boolean {
  const apis = services.flatMap((service) => service.apis)
  return services.length === 0 || new Set(apis).size < apis.length
}

/** What a property is called inside, and whether it is secret, only a live one of its type can tell. */
function checkProperties({ name, spec }: Flow, { observed }: Context): readonly Finding[] {
  const sighting = observed?.items.get(name)
  if (sighting === undefined || 'refused' in sighting || sighting.state.definition === undefined) return []
  const { definition } = sighting.state
  const content = declaredContent(spec)
  const wasTaken = isTaken(content, sighting.state)
  if (wasTaken && !hasSensitive(definition)) return []
  const words = wordsOf(content)
  const { group, problems } = internalNames(content.group, definition, descriptorsOf([definition]), words)
  const secrets = literalSecrets(group, [definition], words)
  return [...(wasTaken ? [] : problems), ...secrets].map(({ path, code, message }) => ({
    verdict: 'invalid',
    code,
    path: [],
    message: `${path}: ${message}`
  }))
}

/** Groups that are not ours to touch. Where nothing would be done anyway, that is told without holding anything. */
function checkOwnership({ name, spec }: Flow, { observed }: Context): readonly Finding[] {
  const sighting = observed?.items.get(name)
  if (sighting === undefined || 'refused' in sighting) return []
  const { state } = sighting
  const found = ownershipFinding(name, spec, state)
  if (found === undefined) return []
  return [{ verdict: compareFlow(spec, state).length > 0 ? 'hold' : 'warn', path: [], ...found }]
}

function ownershipFinding(
  name: string,
  spec: FlowSpec,
  state: FlowState
): Pick<Finding, 'code' | 'message'> | undefined {
  const { id, marker, twins, versioned } = state
  const isBegun = marker === undefined && flowOfUnfinished(state.name.trim()) !== undefined
  if (twins.length > 0) {
    const what = marker === undefined ? `called "${state.name}"` : `marked as "${name}"`
    const all = [{ id, name: state.name }, ...twins].map((twin) => `${twin.id} ("${twin.name}")`).join(' and ')
    const how = marker === undefined ? 'rename or delete' : 'delete the marker in the comments of'
    return { code: 'TWINS', message: `expected one process group ${what}, found ${all}; ${how} all but one` }
  }
  if (versioned !== undefined) {
    const message = `expected a process group that is not under version control, found ${id}, which is (${versioned}${registryOf(state)}); stop version control of it, or do not declare it`
    return { code: 'VERSIONED', message }
  }
  if (marker !== undefined || isBegun || spec.adopt) return undefined
  return {
    code: 'UNMARKED',
    message: `expected no process group "${name}" but our own, found ${id}, which nobody has marked; declare "adopt": true to take it over, or rename one`
  }
}

/** Where the versions are kept, as 1.x (an address) and 2.x (a location) tell it. */
function registryOf({ definition }: FlowState): string {
  const coordinates = definition?.['versionedFlowCoordinates']
  if (!isBody(coordinates)) return ''
  const where = coordinates['storageLocation'] ?? coordinates['registryUrl'] ?? coordinates['registryId']
  return typeof where === 'string' ? ` in ${where}` : ''
}

function checkBeside({ name }: Flow, { observed }: Context): readonly Finding[] {
  const others = observed?.facts.beside.get(name) ?? []
  if (others.length === 0) return []
  const message = `expected one process group of this name, found others beside it that are left alone: ${others.map((other) => `${other.id} ("${other.name}")`).join(', ')}`
  return [{ verdict: 'warn', code: 'NAMESAKE', path: [], message }]
}
