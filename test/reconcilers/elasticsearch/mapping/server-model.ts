/**
 * What a server makes of a mapping and of `PUT _mapping`, written down a second time, as a list of what may change.
 */
import type { Json } from '../../../../src/records.ts'
import { isBody, type Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { canonicalMapping } from '../../../../reconcilers/elasticsearch/mapping/canonical.ts'

const changeable = new Set([
  'ignore_above',
  'eager_global_ordinals',
  'copy_to',
  'coerce',
  'ignore_malformed',
  'search_analyzer',
  'search_quote_analyzer',
  'fielddata',
  'meta',
  'split_queries_on_whitespace',
  'depth_limit',
  'max_input_length',
  'path',
  'index_options',
  'dims',
  'value',
  'relations',
  'norms'
])

/** What the server does not keep, because it is so anyway. */
const dropped: Body = {
  index: true,
  doc_values: true,
  store: false,
  ignore_above: 2147483647,
  format: 'strict_date_optional_time||epoch_millis',
  meta: {}
}

/** The mapping a server shows of an index created with this one. */
export function created(mapping: Body): Body {
  return merged({}, canonicalMapping(mapping))
}

/** The mapping a server shows after `PUT _mapping`; throws what it refuses. */
export function merged(live: Body, update: Body): Body {
  const properties = mergedFields(bodyOf(live['properties']), bodyOf(update['properties']))
  const runtime = Object.entries({ ...bodyOf(live['runtime']), ...bodyOf(update['runtime']) }).filter(
    ([, field]) => field !== null
  )
  return { ...live, ...update, properties, runtime: Object.fromEntries(runtime) }
}

function mergedFields(live: Body, update: Body): Body {
  return Object.entries(update).reduce(
    (all, [name, definition]) => ({ ...all, [name]: mergedField(name, own(all, name), bodyOf(definition)) }),
    live
  )
}

function mergedField(name: string, live: Body | undefined, update: Body): Body {
  if (live === undefined) return plainField(update)
  if (typeName(live) !== typeName(update))
    throw new Error(`${name}: ${typeName(live)} cannot become ${typeName(update)}`)
  if (live['properties'] !== undefined) {
    return {
      ...live,
      ...(update['dynamic'] !== undefined && { dynamic: update['dynamic'] }),
      properties: mergedFields(bodyOf(live['properties']), bodyOf(update['properties']))
    }
  }
  const { fields: liveFields, ...parameters } = live
  const { fields, ...wanted } = plainField(update)
  for (const key of new Set([...Object.keys(parameters), ...Object.keys(wanted)])) {
    if (!changeable.has(key) && text(parameters[key]) !== text(wanted[key]))
      throw new Error(`${name}: cannot update parameter ${key} from ${text(parameters[key])} to ${text(wanted[key])}`)
  }
  if (liveFields === undefined && fields === undefined) return wanted
  return { ...wanted, fields: mergedFields(bodyOf(liveFields), bodyOf(fields)) }
}

function plainField(definition: Body): Body {
  const kept = Object.entries(definition).filter(
    ([key, value]) => dropped[key] === undefined || text(dropped[key]) !== text(value)
  )
  return Object.fromEntries(
    kept.map(([key, value]): [string, Json] => {
      if (key !== 'properties' && key !== 'fields') return [key, value]
      return [
        key,
        Object.fromEntries(Object.entries(bodyOf(value)).map(([name, below]) => [name, plainField(bodyOf(below))]))
      ]
    })
  )
}

function typeName(definition: Body): string {
  return typeof definition['type'] === 'string' ? definition['type'] : 'object'
}

function own(body: Body, name: string): Body | undefined {
  return Object.hasOwn(body, name) ? bodyOf(body[name]) : undefined
}

function bodyOf(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
