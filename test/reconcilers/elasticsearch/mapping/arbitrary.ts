/**
 * Plausible mappings: any server takes each of them, spelled the way people spell.
 */
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import { bodySchema, isBody, type Body } from '../../../../reconcilers/elasticsearch/body.ts'

/** Dotted names share their first part with nothing but each other, so that no field is defined twice. */
const names = ['a', 'b', 'c', 'd', 'constructor', 'p.q', 'p.r.s']

const flag = fc.constantFrom(true, false, 'true', 'false')
const meta = fc.dictionary(fc.constantFrom('unit', 'note'), fc.constantFrom('ms', 's', '1'), { maxKeys: 2 })
const common = { meta }

function definition(type: string, parameters: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<Body> {
  return body({ type: fc.constant(type), ...common, ...parameters }, 'type')
}

/** An object of any of these parameters and all of the required ones. */
function body(
  parameters: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  ...required: readonly string[]
): fc.Arbitrary<Body> {
  return fc.record({ ...parameters }, { requiredKeys: [...required] }).map((value) => bodySchema.parse(value))
}

const keywordParameters = {
  ignore_above: fc.constantFrom(10, 256, '256', 2147483647),
  doc_values: flag,
  store: flag,
  null_value: fc.constantFrom('none', 'true', '1'),
  eager_global_ordinals: flag,
  normalizer: fc.constant('lowercase')
}
const keyword = definition('keyword', {
  ...keywordParameters,
  copy_to: fc.constantFrom('all', ['all'], ['all', 'more'])
})
/** A multi-field copies nothing. */
const keywordPart = definition('keyword', keywordParameters)

const number = fc
  .constantFrom('long', 'integer', 'double')
  .chain((type) =>
    definition(type, { coerce: flag, ignore_malformed: flag, index: flag, null_value: fc.constantFrom(0, 7, '7') })
  )

const date = definition('date', {
  format: fc.constantFrom('yyyy', 'epoch_millis', 'strict_date_optional_time||epoch_millis'),
  ignore_malformed: flag,
  store: flag
})
const boolean = definition('boolean', { null_value: flag, doc_values: flag })
const ip = definition('ip', { store: flag, ignore_malformed: flag })

/** A `search_analyzer` needs an `analyzer` beside it. */
const analyzers = fc.oneof(
  fc.constant<Body>({}),
  body(
    {
      analyzer: fc.constantFrom('standard', 'simple', 'whitespace'),
      search_analyzer: fc.constantFrom('standard', 'simple', 'whitespace'),
      search_quote_analyzer: fc.constantFrom('standard', 'simple')
    },
    'analyzer'
  )
)
const plainText = fc
  .tuple(
    definition('text', {
      norms: flag,
      fielddata: flag,
      index_phrases: flag,
      store: flag,
      term_vector: fc.constantFrom('no', 'yes')
    }),
    analyzers
  )
  .map(([parameters, analysis]): Body => ({
    ...parameters,
    ...(needsBoth(analysis) ? { ...analysis, search_analyzer: 'standard' } : analysis)
  }))
const multiFields = fc.dictionary(fc.constantFrom('raw', 'other'), fc.oneof(keywordPart, plainText), {
  minKeys: 1,
  maxKeys: 2
})
const text = fc
  .tuple(plainText, fc.option(multiFields, { nil: undefined }))
  .map(([parameters, fields]) => bodySchema.parse({ ...parameters, ...(fields && { fields }) }))

function needsBoth(analysis: Body): boolean {
  return analysis['search_quote_analyzer'] !== undefined && analysis['search_analyzer'] === undefined
}

/** One field without others below it. */
export const leafArbitrary: fc.Arbitrary<Body> = fc.oneof(keyword, text, number, date, boolean, ip)

const dynamic = fc.constantFrom<Json>(true, false, 'true', 'false', 'strict')

/** Fields by name, up to three levels. */
export const propertiesArbitrary: fc.Arbitrary<Body> = fc.letrec<{ fields: Body; field: Body }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'mapping' },
    leafArbitrary,
    body({ type: fc.constant('object'), dynamic, properties: tie('fields') }, 'properties'),
    body({ type: fc.constant('nested'), dynamic, properties: tie('fields') }, 'type'),
    fc.constant<Body>({ type: 'object' })
  ),
  fields: fc
    .dictionary(fc.constantFrom(...names), tie('field'), { maxKeys: 4 })
    .map((fields) => bodySchema.parse(fields))
})).fields

const runtime = fc.dictionary(
  fc.constantFrom('r1', 'r.2'),
  fc.oneof(
    body({ type: fc.constant('long'), script: fc.constantFrom('emit(1)', { source: 'emit(2)' }) }, 'type'),
    body(
      { type: fc.constant('keyword'), script: fc.constantFrom('emit("a")', { source: 'emit("b")', lang: 'painless' }) },
      'type'
    )
  ),
  { maxKeys: 2 }
)

const dynamicTemplate = fc
  .tuple(
    fc.constantFrom('t1', 't2'),
    body(
      {
        match: fc.constantFrom('x*', ['x*'], ['x*', 'y*']),
        mapping: fc.constantFrom({ type: 'keyword' }, { type: 'long' })
      },
      'match',
      'mapping'
    )
  )
  .map(([name, rule]): Body => ({ [name]: rule }))

/** A whole mapping without `_source`, `_routing` and runtime fields, which not every server has or changes. */
export const plainMappingArbitrary: fc.Arbitrary<Body> = body({
  properties: propertiesArbitrary,
  dynamic,
  date_detection: flag,
  numeric_detection: flag,
  dynamic_date_formats: fc.constantFrom('yyyy', ['yyyy'], ['yyyy', 'yyyy-MM']),
  dynamic_templates: fc.uniqueArray(dynamicTemplate, {
    maxLength: 2,
    selector: (template) => Object.keys(template).join('')
  }),
  _meta: fc.dictionary(fc.constantFrom('k', 'l', 'infometis'), fc.constantFrom<Json>(1, 'x', [1, 2], { deep: null }), {
    maxKeys: 3
  })
})

/** A whole mapping as Elasticsearch takes it. */
export const mappingArbitrary: fc.Arbitrary<Body> = fc
  .tuple(
    plainMappingArbitrary,
    fc.option(runtime, { nil: undefined }),
    fc.constantFrom<Body>({}, {}, { _source: { excludes: ['secret'] } }, { _routing: { required: true } })
  )
  .map(([mapping, fields, metadata]) =>
    bodySchema.parse({ ...mapping, ...metadata, ...(fields && { runtime: fields }) })
  )

/** The same with some of its declared values as `null`: not set. */
export function withNulls(mapping: Body): fc.Arbitrary<Body> {
  return fc.infiniteStream(fc.integer({ min: 0, max: 9 })).map((dice) => nulled(mapping, () => dice.next().value === 0))
}

function nulled(mapping: Body, isNull: () => boolean): Body {
  return Object.fromEntries(
    Object.entries(mapping).map(([key, value]): [string, Json] => {
      if (['properties', 'fields', 'runtime'].includes(key) && isBody(value)) {
        return [
          key,
          Object.fromEntries(
            Object.entries(value).map(([name, part]) => [name, isBody(part) ? nulled(part, isNull) : part])
          )
        ]
      }
      return [key, key !== 'type' && !key.startsWith('_') && isNull() ? null : value]
    })
  )
}

/** Keys of every object in the other order; lists stay. */
export function reordered(value: Json): Json {
  if (!isBody(value)) return Array.isArray(value) ? value.map(reordered) : value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reordered(part)])
  )
}
