/**
 * Which parameters of a field need a new index. Read from `FieldMapper.Parameter` (`updateable`, `setMergeValidator`)
 * and the `merge` of the object mappers of Elasticsearch 8 and 9, and seen on 9.4.3 with every parameter of 37 types. A
 * parameter that is not here is sent and the server decides: plugins add types and parameters nobody can list.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { at, typeOf, word } from './definition.ts'

/** A parameter that is fixed once the field exists. */
interface FixedParameter {
  /** The class that says so. */
  readonly source: string
  /** Only for these types; absent: for every type. */
  readonly only?: readonly string[]
  /** Not for these types. */
  readonly except?: readonly string[]
  /** Values that may follow one another all the same. */
  readonly unless?: (before: Json | undefined, after: Json | undefined) => boolean
}

const isUnset = (before: Json | undefined): boolean => before === undefined

/** Parameter → why it is fixed. */
export const fixedParameters: { readonly [parameter: string]: FixedParameter } = {
  type: { source: 'FieldMapper.merge' },
  index: { source: 'FieldMapper.Parameter.indexParam' },
  doc_values: { source: 'FieldMapper.Parameter.docValuesParam' },
  store: { source: 'FieldMapper.Parameter.storeParam' },
  script: { source: 'FieldMapper.Parameter.scriptParam' },
  norms: { source: 'TextParams.norms', unless: (before, after) => word(before) === 'true' && word(after) === 'false' },
  analyzer: { source: 'TextParams.Analyzers' },
  position_increment_gap: { source: 'TextParams.Analyzers' },
  similarity: { source: 'TextParams.similarity, DenseVectorFieldMapper' },
  index_options: {
    source: 'TextParams.indexOptions, DenseVectorFieldMapper.VectorIndexOptions.updatableTo',
    unless: isVectorUpgrade
  },
  term_vector: { source: 'TextParams.termVectors' },
  index_phrases: { source: 'TextFieldMapper' },
  index_prefixes: { source: 'TextFieldMapper' },
  normalizer: { source: 'KeywordFieldMapper' },
  null_value: {
    source:
      'KeywordFieldMapper, NumberFieldMapper, DateFieldMapper, BooleanFieldMapper, IpFieldMapper, GeoPointFieldMapper'
  },
  format: { source: 'DateFieldMapper, RangeFieldMapper' },
  locale: { source: 'DateFieldMapper, RangeFieldMapper' },
  scaling_factor: { source: 'ScaledFloatFieldMapper' },
  time_series_dimension: { source: 'TimeSeriesParams.dimensionParam', except: ['passthrough'] },
  time_series_dimensions: { source: 'FlattenedFieldMapper' },
  time_series_metric: { source: 'TimeSeriesParams.metricParam' },
  element_type: { source: 'DenseVectorFieldMapper' },
  dims: { source: 'DenseVectorFieldMapper', unless: isUnset },
  value: { source: 'ConstantKeywordFieldMapper', only: ['constant_keyword'], unless: isUnset },
  max_shingle_size: { source: 'SearchAsYouTypeFieldMapper' },
  preserve_separators: { source: 'CompletionFieldMapper' },
  preserve_position_increments: { source: 'CompletionFieldMapper' },
  contexts: { source: 'CompletionFieldMapper' },
  positive_score_impact: { source: 'RankFeatureFieldMapper' },
  enable_position_increments: { source: 'TokenCountFieldMapper' },
  metrics: { source: 'AggregateMetricDoubleFieldMapper' },
  default_metric: { source: 'AggregateMetricDoubleFieldMapper' },
  relations: { source: 'ParentJoinFieldMapper', unless: onlyAddsRelations },
  synthetic_source_keep: { source: 'ObjectMapper.MergeResult', only: ['object', 'nested', 'passthrough'] },
  enabled: { source: 'ObjectMapper.MergeResult' },
  subobjects: { source: 'ObjectMapper.MergeResult' },
  include_in_root: { source: 'NestedObjectMapper.merge' },
  include_in_parent: { source: 'NestedObjectMapper.merge' }
}

/** Whether a parameter of a live field can go from one value to another in place. Values in effect: defaults included. */
export function isUpdatable(
  definition: Body,
  parameter: string,
  before: Json | undefined,
  after: Json | undefined
): boolean {
  const fixed = Object.hasOwn(fixedParameters, parameter) ? fixedParameters[parameter] : undefined
  const type = typeOf(definition)
  if (fixed === undefined || fixed.only?.includes(type) === false || fixed.except?.includes(type) === true) return true
  return fixed.unless?.(before, after) === true
}

/** From the cheapest to build to the most compressed; the documentation of `dense_vector` allows steps to the right. */
const vectorOrder = [
  'flat',
  'int8_flat',
  'int4_flat',
  'bbq_flat',
  'hnsw',
  'int8_hnsw',
  'int4_hnsw',
  'bbq_hnsw',
  'bbq_disk'
]

function isVectorUpgrade(before: Json | undefined, after: Json | undefined): boolean {
  if (!isBody(after)) return false
  const from = isBody(before) ? before : {}
  const step = vectorOrder.indexOf(word(at(after, 'type'))) - vectorOrder.indexOf(word(at(from, 'type')))
  return step > 0 || (step === 0 && linksOf(after) >= linksOf(from))
}

/** How many neighbours of a node the graph keeps; 16 where nothing is said. */
function linksOf(options: Body): number {
  return Number(word(at(options, 'm')) || 16)
}

/** New parents and new children may come; nothing goes, and neither becomes the other. */
function onlyAddsRelations(before: Json | undefined, after: Json | undefined): boolean {
  if (!isBody(before) || !isBody(after)) return false
  const had = relationsOf(before)
  const has = relationsOf(after)
  const keeps = (name: 'parents' | 'children'): boolean => [...had[name]].every((each) => has[name].has(each))
  const comesFrom = (name: 'parents' | 'children', other: 'parents' | 'children'): boolean =>
    [...has[name]].some((each) => had[other].has(each) && !had[name].has(each))
  return keeps('parents') && keeps('children') && !comesFrom('parents', 'children') && !comesFrom('children', 'parents')
}

function relationsOf(relations: Body): {
  readonly parents: ReadonlySet<string>
  readonly children: ReadonlySet<string>
} {
  return { parents: new Set(Object.keys(relations)), children: new Set(Object.values(relations).flat().map(word)) }
}
