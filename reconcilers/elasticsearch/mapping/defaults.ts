/**
 * What the server has without being told. A parameter that equals its default may be shown or not, whoever wrote it:
 * Elasticsearch drops some (`index: true`) and keeps others (`coerce: true`).
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { at, typeOf, word } from './definition.ts'
import { sameValue } from './value.ts'

/** Defaults of parameters, whatever the type. */
const general: Body = {
  index: true,
  doc_values: true,
  store: false,
  enabled: true,
  subobjects: true,
  include_in_root: false,
  include_in_parent: false,
  coerce: true,
  ignore_malformed: false,
  ignore_z_value: true,
  ignore_above: 2_147_483_647,
  eager_global_ordinals: false,
  split_queries_on_whitespace: false,
  norms: false,
  index_options: 'docs',
  similarity: 'BM25',
  on_script_error: 'fail',
  time_series_dimension: false,
  depth_limit: 20,
  orientation: 'right',
  copy_to: [],
  fields: {},
  meta: {}
}

const fullText: Body = {
  analyzer: 'standard',
  norms: true,
  index_options: 'positions',
  term_vector: 'no',
  position_increment_gap: 100,
  fielddata: false,
  index_phrases: false
}

/** Defaults of parameters that are another one for some types. */
const byType: { readonly [type: string]: Body } = {
  text: fullText,
  search_as_you_type: { ...fullText, doc_values: false, max_shingle_size: 3 },
  annotated_text: fullText,
  match_only_text: fullText,
  binary: { doc_values: false },
  date: { format: 'strict_date_optional_time||epoch_millis' },
  date_nanos: { format: 'strict_date_optional_time_nanos||epoch_millis' },
  date_range: { format: 'strict_date_optional_time||epoch_millis' },
  completion: {
    analyzer: 'simple',
    preserve_separators: true,
    preserve_position_increments: true,
    max_input_length: 50
  },
  dense_vector: { element_type: 'float', similarity: 'cosine' },
  rank_feature: { positive_score_impact: true },
  rank_features: { positive_score_impact: true },
  token_count: { enable_position_increments: true },
  join: { eager_global_ordinals: true }
}

/** Defaults inside parameters that are objects. */
const inside: { readonly [parameter: string]: Body } = {
  index_options: { on_disk_rescore: false, m: 16, ef_construction: 100 },
  index_prefixes: { min_chars: 2, max_chars: 5 },
  fielddata_frequency_filter: { min: 0, max: 2_147_483_647, min_segment_size: 0 }
}

/** Defaults of keys of the mapping itself; writing one is the only way to reset its key. */
export const rootDefaults: Body = {
  dynamic: 'true',
  date_detection: true,
  numeric_detection: false,
  dynamic_date_formats: ['strict_date_optional_time||epoch_millis', 'yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis'],
  dynamic_templates: [],
  subobjects: true,
  enabled: true,
  _size: { enabled: false }
}

/** Defaults of the metadata fields that can be set. */
const metadataDefaults: { readonly [field: string]: Body } = {
  _source: { enabled: true, mode: 'stored', includes: [], excludes: [] },
  _routing: { required: false },
  _field_names: { enabled: true }
}

/** What a parameter of a field is when nobody sets it; undefined when there is no such value. */
export function defaultOf(definition: Body, parameter: string): Json | undefined {
  if (parameter === 'search_analyzer') return inEffect(definition, 'analyzer')
  if (parameter === 'search_quote_analyzer') return inEffect(definition, 'search_analyzer')
  const type = typeOf(definition)
  const own = Object.hasOwn(byType, type) ? at(byType[type], parameter) : undefined
  return own ?? at(general, parameter)
}

/** What a parameter of a field is, set or not. */
export function inEffect(definition: Body, parameter: string): Json | undefined {
  const value = at(definition, parameter) ?? null
  return value === null || isDefaultAnalyzer(parameter, value) ? defaultOf(definition, parameter) : value
}

/** Whether a value is what the parameter is when nobody sets it. */
export function isDefault(definition: Body, parameter: string, value: Json): boolean {
  if (parameter === 'locale') return isRootLocale(value)
  const usual = defaultOf(definition, parameter)
  return isDefaultAnalyzer(parameter, value) || (usual !== undefined && sameValue(usual, value))
}

/** Whether a value inside a parameter is what it is when nobody sets it. */
export function isDefaultInside(parameter: string, key: string, value: Json): boolean {
  const usual = Object.hasOwn(inside, parameter) ? at(inside[parameter], key) : undefined
  return usual !== undefined && sameValue(usual, value)
}

/** Whether a value of a metadata field such as `_source` is what it is when nobody sets it. */
export function isMetadataDefault(field: string, key: string, value: Json): boolean {
  if (value === null) return true
  const usual = Object.hasOwn(metadataDefaults, field) ? at(metadataDefaults[field], key) : undefined
  return usual !== undefined && sameValue(usual, value)
}

/** `default` is the name of the analyzer that fields of an index have when they name none. */
function isDefaultAnalyzer(parameter: string, value: Json): boolean {
  return value === 'default' && parameter.endsWith('analyzer')
}

/** Releases differ in how they call the locale that is none. */
function isRootLocale(value: Json): boolean {
  return ['', 'root', 'en', 'english'].includes(word(value).toLowerCase())
}
