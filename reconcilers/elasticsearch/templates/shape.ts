/**
 * How the bodies of component and index templates are compared.
 *
 * Settings and mappings inside templates come back as they were written; only the indices made from them fill in what is
 * left out. So a value that equals a default is a difference where the server has none: a component below may say otherwise.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf, overlay, valueAt, type BodyChange, type BodyRules, type Steps } from '../body/compare.ts'
import { withoutMarker } from '../body/marker.ts'
import { sameJson, sameText } from '../body/same.ts'
import { canonicalMapping } from '../mapping/canonical.ts'
import { isObjectField, typeOf } from '../mapping/definition.ts'
import { sameValue } from '../mapping/value.ts'
import { flatSettings, sameSetting } from './settings.ts'

const metaSteps: Steps = ['_meta']

/** Fields 9.x adds to templates it shows. */
const serverFields = ['created_date', 'created_date_millis', 'modified_date', 'modified_date_millis']

/** One form for all ways of writing a template; `lists` are fields that may be written as one name. Idempotent. */
export function canonicalTemplate(body: Body, lists: readonly string[]): Body {
  const dropped = serverFields.map((field): BodyChange => ({ steps: [field], before: null, after: null }))
  const inner = fieldOf(body, 'template')
  return overlay(withoutMarker(body, metaSteps), [
    ...dropped,
    ...lists.flatMap((field): readonly BodyChange[] =>
      rewrite(body, [field], (value) => (typeof value === 'string' ? [value] : value))
    ),
    ...(isBody(inner) ? canonicalParts(inner) : [])
  ])
}

function canonicalParts(template: Body): readonly BodyChange[] {
  const parts = [
    ...rewrite(template, ['settings'], (settings) => (isBody(settings) ? flatSettings(settings) : settings)),
    ...rewrite(template, ['mappings'], (mappings) =>
      isBody(mappings) ? canonicalMapping(unwrapped(mappings)) : mappings
    ),
    ...rewrite(template, ['aliases'], (aliases) => (isBody(aliases) ? mapFields(aliases, routed) : aliases))
  ]
  return parts.map((part) => ({ ...part, steps: ['template', ...part.steps] }))
}

/** Nothing for a field that is absent or null: a null must stay a null. */
function rewrite(body: Body, steps: Steps, change: (value: Json) => Json): readonly BodyChange[] {
  const before = valueAt(body, steps)
  return before === undefined || before === null ? [] : [{ steps, before, after: change(before) }]
}

/** A mapping may stand under `_doc`, the type of old. */
function unwrapped(mappings: Body): Body {
  const inner = fieldOf(mappings, '_doc')
  return isBody(inner) && Object.keys(mappings).length === 1 ? inner : mappings
}

/** The server shows `routing` as the two it stands for. */
function routed(alias: Json): Json {
  const routing = isBody(alias) ? fieldOf(alias, 'routing') : undefined
  if (!isBody(alias) || routing === undefined) return alias
  const { routing: _, ...rest } = alias
  return { index_routing: routing, search_routing: routing, ...rest }
}

function mapFields(body: Body, change: (value: Json) => Json): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, change(value)]))
}

const containers: ReadonlySet<string> = new Set([
  'template',
  '_meta',
  'template.settings',
  'template.mappings',
  'template.aliases'
])

/** What the server keeps as it was written, whatever is in it. */
const verbatim: ReadonlySet<string> = new Set(['_meta', 'script'])

/** What the server shows where nothing was written. OpenSearch shows the timestamp field of a data stream. */
const defaults: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['composed_of', []],
  ['ignore_missing_component_templates', []],
  ['deprecated', false],
  ['data_stream.hidden', false],
  ['data_stream.allow_custom_routing', false],
  ['data_stream.timestamp_field', { name: '@timestamp' }],
  ['template.lifecycle.enabled', true]
])

export const templateRules: BodyRules = {
  isContainer: (steps) => containers.has(steps.join('.')) || isFieldList(steps),
  isWhole: (steps, declared, live) => isAliasFilter(steps) || isOtherType(steps, declared, live),
  defaultAt: (steps) => defaults.get(steps.join('.')),
  isSame: (steps, declared, live) => {
    if (isBelow(steps, ['template', 'settings'])) return sameSetting(steps.slice(2).join('.'), declared, live)
    if (steps.some((step) => verbatim.has(step)) || isAliasFilter(steps)) return sameJson(declared, live)
    return isBelow(steps, ['template', 'mappings']) ? sameValue(live, declared) : sameText(declared, live)
  }
}

function isBelow(steps: Steps, above: Steps): boolean {
  return steps.length > above.length && above.every((step, index) => steps[index] === step)
}

/** `properties`, `fields`, `runtime`: objects that only hold fields. Below a mapping these and names take turns. */
function isFieldList(steps: Steps): boolean {
  return steps.length % 2 === 1 && isBelow(steps, ['template', 'mappings']) && fieldLists.has(steps.at(-1) ?? '')
}

function isField(steps: Steps): boolean {
  return isFieldList(steps.slice(0, -1))
}

const fieldLists: ReadonlySet<string> = new Set(['properties', 'fields', 'runtime'])

function isAliasFilter(steps: Steps): boolean {
  return steps.length === 4 && steps[3] === 'filter' && isBelow(steps, ['template', 'aliases'])
}

/** Parameters of one field type mean nothing, or an error, to another: such a field is replaced as one. */
function isOtherType(steps: Steps, declared: Body, live: Body): boolean {
  return isField(steps) && typeOf(declared) !== typeOf(live) && !(isObjectField(declared) && isObjectField(live))
}
