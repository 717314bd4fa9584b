/**
 * Bodies of writes: the actual mapping overlaid with what may change, and nothing else.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { overlay } from '../body/compare.ts'
import { canonicalMapping } from './canonical.ts'
import type { MappingChange } from './change.ts'
import { compareMapping } from './compare.ts'
import { rootDefaults } from './defaults.ts'
import { withDynamicTemplates, withoutEntry } from './merged-lists.ts'
import { at, bodyAt, isObjectField, mapBody, without } from './definition.ts'
import { markerKey } from './root.ts'
import { undeclaredMapping } from './undeclared.ts'
import { withoutNulls } from './value.ts'

/**
 * The body of `PUT /<index>/_mapping` that makes exactly the changes whose paths are allowed; empty when there are
 * none. A field in it replaces the one on the server, so each touched field is its actual definition overlaid with the
 * change; others are left out. Never sends `_source` or anything unsupported. `owner` marks the mapping as well. Pure.
 */
export function mappingUpdate(live: Body, declared: Body, allowedPaths: ReadonlySet<string>, owner?: string): Body {
  const actual = canonicalMapping(live)
  const changes = [...compareMapping(declared, live), ...undeclaredMapping(declared, live)]
  const isAllowed = ({ field }: MappingChange): boolean => field.risk !== 'unsupported' && allowedPaths.has(field.path)
  const missing = changes.filter((change) => isDefinition(change) && !isAllowed(change)).map(({ steps }) => steps)
  const body = changes
    .filter((change) => isAllowed(change) && !missing.some((parent) => isBelow(change.steps, parent)))
    .reduce<Body>((written, change) => writeRoot(written, actual, change), {})
  return owner === undefined || Object.keys(body).length === 0
    ? body
    : { ...body, _meta: marked(bodyAt(body, '_meta') ?? bodyAt(live, '_meta'), owner) }
}

/** The `mappings` of a new index: everything declared, without what is declared as not set, and the owner's marker. Pure. */
export function mappingForCreate(declared: Body, owner: string): Body {
  const wanted = mapBody(canonicalMapping(declared), (value, key) =>
    key === 'dynamic_templates' && Array.isArray(value) ? withDynamicTemplates(undefined, value) : value
  )
  const meta = mapBody(bodyAt(wanted, '_meta') ?? {}, (value) => value ?? undefined)
  return { ...withoutNulls(without(wanted, '_meta')), _meta: marked(meta, owner) }
}

function marked(meta: Body | undefined, owner: string): Body {
  return { ...meta, [markerKey]: { ...bodyAt(meta, markerKey), owner } }
}

/** Whether a change brings a definition that others may hang below. */
function isDefinition({ steps, field }: MappingChange): boolean {
  return field.before === null && steps.length % 2 === 0 && steps.at(-2) === 'properties'
}

function isBelow(steps: readonly string[], parent: readonly string[]): boolean {
  return steps.length > parent.length && parent.every((step, index) => steps[index] === step)
}

function writeRoot(body: Body, live: Body, { steps, field: { after } }: MappingChange): Body {
  const [key = '', ...below] = steps
  const written = at(body, key) ?? at(live, key)
  if (key === '_meta')
    return { ...body, [key]: overlay(isBody(written) ? written : {}, [{ steps: below, before: null, after }]) }
  if (key === 'properties') return writeBelow({ ...subobjectsOf(live), ...body }, live, steps, after)
  if (key === 'runtime')
    return { ...body, [key]: writeRuntime(bodyAt(body, key) ?? {}, bodyAt(live, key), below, after) }
  const [entry] = below
  return {
    ...body,
    [key]: entry === undefined ? (after ?? at(rootDefaults, key) ?? null) : withoutEntry(written, entry)
  }
}

function writeRuntime(
  written: Body,
  live: Body | undefined,
  [name = '', ...rest]: readonly string[],
  after: Json
): Body {
  return {
    ...written,
    [name]: rest.length === 0 ? after : writeField(bodyAt(written, name), bodyAt(live, name), rest, after)
  }
}

/** Where dots are part of names, a body must say so again to be read that way. */
function subobjectsOf(live: Body): Body {
  const subobjects = at(live, 'subobjects')
  return subobjects === undefined ? {} : { subobjects }
}

function writeBelow(
  body: Body,
  live: Body | undefined,
  [branch = '', name = '', ...rest]: readonly string[],
  after: Json
): Body {
  const children = bodyAt(body, branch) ?? {}
  const child = writeField(bodyAt(children, name), bodyAt(bodyAt(live, branch), name), rest, after)
  return { ...body, [branch]: { ...children, [name]: child } }
}

/** One definition of the body: what was written so far, or else the actual one without what hangs below it. */
function writeField(written: Body | undefined, live: Body | undefined, steps: readonly string[], after: Json): Body {
  const body = written ?? ownPart(live)
  const [parameter = '', ...rest] = steps
  if (steps.length === 0) return isBody(after) ? { ...body, ...after } : body
  if (rest.length > 0) return writeBelow(body, live, steps, after)
  return after === null ? without(body, parameter) : { ...body, [parameter]: after }
}

/** Fields and multi-fields that are left out stay as they are. */
function ownPart(live: Body | undefined): Body {
  if (live === undefined) return {}
  return isObjectField(live) ? { ...live, properties: {} } : without(live, 'fields')
}
