/**
 * Declared flow beside live group.
 * @module
 */
import { type FieldChange, type Json, remember, reportable } from '../../../src/plugin.ts'
import { whyAnotherFlow } from './by-hand/another-flow.ts'
import { whyByHand } from './by-hand/added-by-hand.ts'
import { compareGroups, type Difference } from './definition/compare.ts'
import type { Content, Group } from './definition/model.ts'
import { namesInContent, namesOnServer, nameServices } from './references/outside-services.ts'
import type { OfferedService } from './facts.ts'
import { flowOfUnfinished } from './identity/unfinished-name.ts'
import { descriptorsOf, internalNames } from './identity/property-names.ts'
import { rememberedDigest } from './identity/remembered-digest.ts'
import { whyReused } from './by-hand/reused.ts'
import { runStateField, unfinishedField } from './run-state/run-state.ts'
import { declaredComments, declaredContent, declaredContext } from './declared.ts'
import type { FlowSpec } from './schema.ts'
import type { FlowState } from './state.ts'
import { wordsOf } from './identity/words.ts'

/** Declared fields that differ; every component and declared field of a flow that does not exist. Pure. */
export function compareFlow(spec: FlowSpec, state: FlowState | undefined): readonly FieldChange[] {
  if (state === undefined) return compareNew(spec)
  const definition = definitionDifferences(declaredContent(spec), state)
  const fields = [...ownFields(spec, state), ...runStateField(spec.state, state), ...definition.map(plain)]
  return [...unfinishedField(state), ...judged(fields, declaredContent(spec), state, definition)]
}

/** What holds one part of a definition for good or until somebody decides holds all of the flow: it is sent as a whole. */
function judged(
  fields: readonly FieldChange[],
  content: Content,
  state: FlowState,
  definition: readonly Difference[]
): readonly FieldChange[] {
  if (definition.length === 0) return fields
  const reused = state.definition && whyReused(content, state.definition)
  if (reused !== undefined) return fields.map((field) => ({ ...field, risk: 'unsupported', why: reused }))
  const why = whyAnotherFlow(content, state) ?? whyByHand(content, state, definition)
  if (why === undefined) return fields
  return fields.map((field) => (field.risk === 'unsupported' ? field : { ...field, risk: 'destructive', why }))
}

/**
 * The definition as it is declared and as it is live, to be compared and never to be sent: properties by their internal
 * names, services outside of it by the names that both servers know. Who writes by hand has the ids of this server. Pure.
 */
export function comparedGroups(
  content: Content,
  live: Group,
  offered: readonly OfferedService[]
): { readonly desired: Group; readonly live: Group } {
  const { group } = internalNames(content.group, live, descriptorsOf([live]), wordsOf(content))
  const onServer = namesOnServer(offered)
  return {
    desired: nameServices(group, new Map([...onServer, ...namesInContent(content)])),
    live: nameServices(live, onServer)
  }
}

function compareNew(spec: FlowSpec): readonly FieldChange[] {
  const content = declaredContent(spec)
  const components = compareGroups(content.group, {}, wordsOf(content)).filter(({ change }) => change === 'added')
  const own = {
    state: spec.state === 'IGNORE' ? null : spec.state,
    comments: declaredComments(spec) ?? null,
    parameterContext: declaredContext(spec)
  }
  return [
    ...Object.entries(own).flatMap(([path, after]) => (after === null ? [] : [fieldOf(path, null, after)])),
    ...components.map(plain)
  ]
}

/** What belongs to the group as a whole. */
function ownFields(spec: FlowSpec, state: FlowState): readonly FieldChange[] {
  const name = state.marker?.flow ?? flowOfUnfinished(state.name) ?? state.name
  const pairs: readonly (readonly [string, string | null, string | null])[] = [
    ['name', state.name.trim(), name.trim()],
    ['comments', state.comments, declaredComments(spec) ?? state.comments],
    ['parameterContext', state.parameterContext ?? null, declaredContext(spec)]
  ]
  return pairs.flatMap(([path, before, after]) => (before === after ? [] : [fieldOf(path, before, after)]))
}

/**
 * Whether both digests of the marker still match: NiFi took this very definition as a whole and nobody has touched it
 * since. What differs in properties all the same, NiFi has made of them on the way; anything else it has not taken. Pure.
 */
export function isTaken({ group }: Content, { marker, definition }: FlowState): boolean {
  return (
    marker !== undefined &&
    definition !== undefined &&
    marker.desired === rememberedDigest(group) &&
    marker.live === rememberedDigest(definition)
  )
}

/** What of the definition is to be written. Pure. */
export function definitionDifferences(content: Content, state: FlowState): readonly Difference[] {
  const { definition, offered = [] } = state
  if (definition === undefined) return []
  if (isTaken(content, state)) return untaken(content, definition)
  const { desired, live } = comparedGroups(content, definition, offered)
  return compareGroups(desired, live, wordsOf(content))
}

/** What NiFi has left as it was of a definition that it took as a whole; no property is among it. Pure. */
export function untaken(content: Content, live: Group): readonly Difference[] {
  return untakenOf(content)(live)
}

/** Asked of the same two objects cycle after cycle. */
const untakenOf = remember((content: Content) =>
  remember((live: Group) =>
    compareGroups(content.group, live, wordsOf(content)).filter(({ isMade }) => isMade !== true)
  )
)

function plain({ path, before, after, risk, why }: FieldChange): FieldChange {
  return { path, before: reportable(before), after: reportable(after), risk, ...(why === undefined ? {} : { why }) }
}

function fieldOf(path: string, before: Json, after: Json): FieldChange {
  return { path, before, after, risk: 'safe' }
}
