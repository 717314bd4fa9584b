/**
 * What can be said of a declared mapping without a server.
 * @module
 */
import type { Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import type { Server } from '../connection/server.ts'
import { canonicalise } from './canonical.ts'
import { checkDefinition, type FieldContext } from './check-field.ts'
import { at, bodyAt, isObjectField, word } from './definition.ts'
import { knownTypes } from './known.ts'

/** A remark about a mapping; `path` are the steps below `mappings`, as the author wrote them. */
export type MappingRemark = Omit<Remark, 'name'>

/** What else is known of the index. */
export interface MappingContext {
  /** The server it goes to, when that is known. */
  readonly distribution?: Server['distribution']
  /** Names declared below `analysis.analyzer`; absent: nothing is said about analyzers. */
  readonly analyzers?: ReadonlySet<string>
  /** `mapping.total_fields.limit`, when declared. */
  readonly totalFieldsLimit?: number
  /** `mapping.depth.limit`, when declared. */
  readonly depthLimit?: number
}

const usualLimits = { totalFields: 1000, depth: 20 }

/** Remarks about names, types, places, limits and losses. Those that are `invalid` every server would refuse. Pure. */
export function checkMapping(mapping: Body, context: MappingContext): readonly MappingRemark[] {
  const { mapping: canonical, clashes } = canonicalise(mapping)
  const names = new Set([...leafNames(canonical, []), ...Object.keys(bodyAt(canonical, 'runtime') ?? {})])
  const fields = { types: knownTypes(context.distribution), analyzers: context.analyzers, names }
  return [
    ...checkProperties(['properties'], bodyAt(mapping, 'properties') ?? {}, fields),
    ...clashes.map(({ steps, field, kind }): MappingRemark => {
      const found =
        kind === 'twice' ? 'two of that name, as "a.b" is "b" below "a"' : 'one with fields below it and one without'
      return {
        verdict: 'invalid',
        code: 'FIELD_TWICE',
        path: steps,
        message: `expected one definition of field "${field}", found ${found}; keep one`
      }
    }),
    ...checkLimits(canonical, context),
    ...checkSource(mapping),
    ...checkRuntime(canonical, context)
  ]
}

function checkProperties(steps: readonly string[], properties: Body, context: FieldContext): readonly MappingRemark[] {
  return Object.entries(properties).flatMap(([name, definition]) => {
    if (!isBody(definition)) return []
    const here = [...steps, name]
    const below = isObjectField(definition) ? bodyAt(definition, 'properties') : undefined
    return [
      ...checkDefinition(here, name, definition, context),
      ...(below === undefined ? [] : checkProperties([...here, 'properties'], below, context))
    ]
  })
}

/** Names of leaves and multi-fields, as searches and `copy_to` use them. */
function leafNames(parent: Body, names: readonly string[]): readonly string[] {
  return [
    ...Object.entries(bodyAt(parent, 'properties') ?? {}),
    ...Object.entries(bodyAt(parent, 'fields') ?? {})
  ].flatMap(([name, definition]) => {
    const here = [...names, name]
    if (!isBody(definition)) return []
    return isObjectField(definition) ? leafNames(definition, here) : [here.join('.'), ...leafNames(definition, here)]
  })
}

/** The server counts fields, multi-fields, objects and runtime fields, and the root as the first level. */
function checkLimits(mapping: Body, context: MappingContext): readonly MappingRemark[] {
  const total = countFields(mapping) + Object.keys(bodyAt(mapping, 'runtime') ?? {}).length
  return [
    ...limitRemark('mapping.total_fields.limit', total, context.totalFieldsLimit, usualLimits.totalFields),
    ...limitRemark('mapping.depth.limit', depthOf(mapping), context.depthLimit, usualLimits.depth)
  ]
}

/** An undeclared limit may have been raised by a template, so passing the usual one is a warning. */
function limitRemark(
  setting: string,
  found: number,
  declared: number | undefined,
  usual: number
): readonly MappingRemark[] {
  const limit = declared ?? usual
  if (found <= limit) return []
  const message = `expected at most ${limit} by "${setting}", found ${found}; raise the setting or map fewer fields`
  return [
    { verdict: declared === undefined ? 'warn' : 'invalid', code: 'MAPPING_LIMIT', path: ['properties'], message }
  ]
}

function countFields(parent: Body): number {
  const children = [
    ...Object.values(bodyAt(parent, 'properties') ?? {}),
    ...Object.values(bodyAt(parent, 'fields') ?? {})
  ].filter(isBody)
  return children.reduce((total, child) => total + 1 + countFields(child), 0)
}

function depthOf(object: Body): number {
  const below = Object.values(bodyAt(object, 'properties') ?? {}).map((child) =>
    isBody(child) && isObjectField(child) ? depthOf(child) : 0
  )
  return 1 + Math.max(0, ...below)
}

function checkSource(mapping: Body): readonly MappingRemark[] {
  if (word(at(bodyAt(mapping, '_source'), 'enabled')) !== 'false') return []
  const message =
    'expected documents to be kept, found "enabled": false: they can be neither read, updated, reindexed nor highlighted'
  return [{ verdict: 'warn', code: 'NO_SOURCE', path: ['_source', 'enabled'], message }]
}

function checkRuntime(mapping: Body, { distribution }: MappingContext): readonly MappingRemark[] {
  const runtime = Object.entries(bodyAt(mapping, 'runtime') ?? {})
  if (distribution === 'opensearch' && runtime.length > 0) {
    const message =
      'expected a mapping of OpenSearch, found "runtime", which only Elasticsearch has; OpenSearch has "derived"'
    return [{ verdict: 'invalid', code: 'NOT_HERE', path: ['runtime'], message }]
  }
  const mapped = new Set(leafNames(mapping, []))
  return runtime.flatMap(([name, definition]): readonly MappingRemark[] => {
    if (!isBody(definition) || !mapped.has(name)) return []
    const message = `expected a name no field has, found "${name}" below "properties" too: searches see the runtime field only`
    return [{ verdict: 'warn', code: 'RUNTIME_SHADOWS', path: ['runtime', name], message }]
  })
}
