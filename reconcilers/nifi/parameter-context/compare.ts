/**
 * How a declared parameter context differs from the live one: by parameter, and a sensitive value without showing it.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { FieldChange, Json } from '../../../src/plugin.ts'
import { mask } from './mask.ts'
import type { ContextSpec, ParameterSpec } from './schema.ts'
import type { ContextState, Finding, LiveParameter } from './state.ts'

/** What a difference is about, so that nobody has to take its path to pieces: names of parameters have dots in them. */
export type ChangedPart =
  | { readonly of: 'description' | 'inherits' }
  | {
      readonly of: 'parameter'
      readonly name: string
      /** `whole`: it comes or goes. */
      readonly part: 'whole' | 'value' | 'description' | 'sensitive'
    }

export interface Difference {
  readonly part: ChangedPart
  readonly change: FieldChange
}

/** What a secret becomes when it is another one, in place of both. */
const changedSecret = `${mask} (changed)`

/** Declared fields that differ; all of them where there is no context yet. Pure. */
export function compareContext(spec: ContextSpec, state: ContextState | undefined): readonly FieldChange[] {
  return differencesOf(spec, state).map(({ change }) => change)
}

/** What the context has and nobody declared. Pure. */
export function undeclaredOf(spec: ContextSpec, state: ContextState): readonly FieldChange[] {
  return resetsOf(spec, state).map(({ change }) => change)
}

/** As `compareContext`, each with what it is about. Pure. */
export function differencesOf(spec: ContextSpec, state: ContextState | undefined): readonly Difference[] {
  const parameters = Object.entries(spec.parameters).flatMap(([name, declared]) =>
    parameterDifferences(name, declared, state)
  )
  return [...descriptionDifference(spec, state), ...parameters, ...inheritsDifference(spec, state)]
}

/** As `undeclaredOf`, each with what it is about. Pure. */
export function resetsOf(spec: ContextSpec, state: ContextState): readonly Difference[] {
  const parameters = [...state.parameters].flatMap(([name, live]): readonly Difference[] => {
    const declared = Object.hasOwn(spec.parameters, name) ? spec.parameters[name] : undefined
    if (declared === undefined) return [removal(name, live, state)]
    return declared === null || declared.description !== undefined ? [] : textDifference(name, '', live)
  })
  const reset: ContextSpec = {
    parameters: {},
    ...(spec.description === undefined && { description: '' }),
    ...(spec.inherits === undefined && { inherits: [] })
  }
  return [...descriptionDifference(reset, state), ...parameters, ...inheritsDifference(reset, state)]
}

function descriptionDifference({ description }: ContextSpec, state: ContextState | undefined): readonly Difference[] {
  const before = state?.description ?? ''
  if (description === undefined || description === before) return []
  return [
    {
      part: { of: 'description' },
      change: { path: 'description', before: before || null, after: description || null, risk: 'safe' }
    }
  ]
}

function inheritsDifference({ inherits }: ContextSpec, state: ContextState | undefined): readonly Difference[] {
  const before = state?.inherits.map(({ name }) => name) ?? []
  if (inherits === undefined || isDeepStrictEqual(before, inherits)) return []
  const groups = state?.boundGroups ?? []
  const why =
    groups.length === 0
      ? {}
      : { why: `what uses an inherited parameter is restarted where it runs, in ${groups.join(', ')}` }
  return [
    {
      part: { of: 'inherits' },
      change: { path: 'inherits', before: orNull(before), after: orNull(inherits), risk: 'safe', ...why }
    }
  ]
}

function orNull(names: readonly string[]): Json {
  return names.length === 0 ? null : names
}

function parameterDifferences(
  name: string,
  declared: ParameterSpec | null,
  state: ContextState | undefined
): readonly Difference[] {
  const [live, finding] = [state?.parameters.get(name), state?.findings.get(name)]
  if (declared === null) return live === undefined || state === undefined ? [] : [removal(name, live, state)]
  if (finding !== undefined && 'unreadable' in finding)
    return [unreadableDifference(name, declared, live, finding.unreadable)]
  if (live === undefined) return [addition(name, asWritten(declared, finding))]
  // Nothing else of it is touched: a value must not go where it would be shown.
  if (declared.sensitive !== live.sensitive) return [flippedDifference(name, live)]
  const description = declared.description === undefined ? [] : textDifference(name, declared.description, live)
  return [...valueDifference(name, declared, live, finding), ...description]
}

function valueDifference(
  name: string,
  declared: ParameterSpec,
  live: LiveParameter,
  finding: Finding | undefined
): readonly Difference[] {
  const part: ChangedPart = { of: 'parameter', name, part: 'value' }
  const path = pathOf(name)
  if (declared.sensitive) {
    const isRemoved = 'value' in declared.source && declared.source.value === null
    if (isRemoved)
      return live.value === null ? [] : [{ part, change: { path, before: mask, after: noValue, ...safe(live) } }]
    if (live.value === null) return [{ part, change: { path, before: noValue, after: mask, ...safe(live) } }]
    const isSame = finding === undefined || !('isSame' in finding) || finding.isSame
    return isSame ? [] : [{ part, change: { path, before: mask, after: changedSecret, ...safe(live) } }]
  }
  const after = textOf(declared, finding)
  if (after === undefined || after === live.value) return []
  return [{ part, change: { path, before: live.value ?? noValue, after: after ?? noValue, ...safe(live) } }]
}

/** The parameter exists and has no value, as the file says it. */
const noValue: Json = { value: null }

/** The value of a parameter that is not sensitive; undefined while its file was not read. */
function textOf({ source }: ParameterSpec, finding: Finding | undefined): string | null | undefined {
  if ('value' in source) return source.value
  return source.content ?? (finding !== undefined && 'text' in finding ? finding.text : undefined)
}

function addition(name: string, after: Json): Difference {
  return {
    part: { of: 'parameter', name, part: 'whole' },
    change: { path: pathOf(name), before: null, after, risk: 'safe' }
  }
}

/**
 * StandardParameterContext.validateReferencingComponents refuses it with 409 while what refers to it runs, and what does not
 * run would be invalid after it. A reference that a flow of the same declaration drops is gone in the cycle after that.
 */
function removal(name: string, live: LiveParameter, { replaceable }: ContextState): Difference {
  const { referencing } = live
  const users = referencing.join(', ')
  const why = `cannot remove parameter "${name}": still referenced by ${users}; remove #{${name}} there or keep the parameter`
  const isHeld = referencing.length > 0 && !replaceable.has(name)
  return {
    part: { of: 'parameter', name, part: 'whole' },
    change: {
      path: pathOf(name),
      before: written(live),
      after: null,
      ...(isHeld ? { risk: 'unsupported', why } : safe(live))
    }
  }
}

function textDifference(name: string, description: string, live: LiveParameter): readonly Difference[] {
  if (description === live.description) return []
  const change: FieldChange = {
    path: `${pathOf(name)}.description`,
    before: live.description || null,
    after: description || null,
    ...safe(live)
  }
  return [{ part: { of: 'parameter', name, part: 'description' }, change }]
}

function unreadableDifference(
  name: string,
  declared: ParameterSpec,
  live: LiveParameter | undefined,
  why: string
): Difference {
  const before = live === undefined ? null : written(live)
  const part: ChangedPart = { of: 'parameter', name, part: live === undefined ? 'whole' : 'value' }
  return { part, change: { path: pathOf(name), before, after: inFile(declared), risk: 'unsupported', why } }
}

/** StandardParameterContext.validateSensitiveFlag refuses it with 409. */
function flippedDifference(name: string, { sensitive: before, referencing }: LiveParameter): Difference {
  const [is, wanted] = before ? ['sensitive', 'not sensitive'] : ['not sensitive', 'sensitive']
  const removed =
    referencing.length === 0
      ? 'declare it null first'
      : `declare it null first, when ${referencing.join(', ')} no longer ${referencing.length === 1 ? 'refers' : 'refer'} to it`
  const why = `parameter "${name}" is ${is} and declared ${wanted}, which NiFi cannot change in place: ${removed}, or give the new one another name`
  return {
    part: { of: 'parameter', name, part: 'sensitive' },
    change: { path: `${pathOf(name)}.sensitive`, before, after: !before, risk: 'unsupported', why }
  }
}

function pathOf(name: string): string {
  return `parameters.${name}`
}

/** NiFi stops what uses a changed parameter and starts it again, all by itself. */
function safe({ referencing: names }: LiveParameter): Pick<FieldChange, 'risk' | 'why'> {
  return names.length === 0 ? { risk: 'safe' } : { risk: 'safe', why: `restarts where it runs: ${names.join(', ')}` }
}

/** A live parameter as a file would declare it, a sensitive value masked. Pure. */
export function written({ value, sensitive, description }: LiveParameter): Json {
  if (!sensitive && description === '') return value ?? noValue
  return { value, ...(sensitive && { sensitive }), ...(description !== '' && { description }) }
}

function asWritten(declared: ParameterSpec, finding: Finding | undefined): Json {
  const { source, sensitive, description = '' } = declared
  const isEmpty = 'value' in source && source.value === null
  const value = sensitive && !isEmpty ? mask : textOf(declared, finding)
  return value === undefined ? inFile(declared) : written({ value, sensitive, description, referencing: [] })
}

/** A declared parameter whose value was not read. */
function inFile({ source, sensitive, description = '' }: ParameterSpec): Json {
  return {
    valueFrom: { file: 'file' in source ? source.file : '' },
    sensitive,
    ...(description !== '' && { description })
  }
}
