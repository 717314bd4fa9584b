/**
 * Changes of mappings and what a real server makes of them. `before` is a mapping the server shows or is created with,
 * `after` one that is declared for it. Meant to be run on real servers: `in place` is accepted by `PUT _mapping` as the
 * overlay writes it and seen afterwards, `needs reindex` is refused, `no change` needs no request.
 */
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'

export type Prediction = 'in place' | 'needs reindex' | 'no change'

export interface MappingCase {
  readonly title: string
  readonly before: Body
  readonly after: Body
  readonly prediction: Prediction
  /** Settings the index is created with. */
  readonly settings?: Body
  /** The server would take the change; we refuse because data would be lost or hidden. */
  readonly refusedByUs?: true
  /** Servers of this kind do not have it, or do otherwise. */
  readonly notOn?: 'opensearch'
  /** A type of a module that not every distribution has; a server without it refuses to create `before`. */
  readonly needsModule?: true
}

function field(before: Body, after: Body): { readonly before: Body; readonly after: Body } {
  return { before: { properties: { f: before } }, after: { properties: { f: after } } }
}

const analysis: Body = {
  analysis: { analyzer: { shout: { type: 'custom', tokenizer: 'standard', filter: ['uppercase'] } } }
}

export const mappingCases: readonly MappingCase[] = [
  // In place: something new.
  {
    title: 'a new field',
    before: { properties: { f: { type: 'keyword' } } },
    after: { properties: { g: { type: 'long' } } },
    prediction: 'in place'
  },
  {
    title: 'the first field of an empty mapping',
    before: {},
    after: { properties: { f: { type: 'keyword' } } },
    prediction: 'in place'
  },
  {
    title: 'a new field below an object',
    before: { properties: { o: { properties: { a: { type: 'long' } } } } },
    after: { properties: { o: { properties: { b: { type: 'long' } } } } },
    prediction: 'in place'
  },
  {
    title: 'a new field with a dotted name',
    before: { properties: { o: { properties: { a: { type: 'long' } } } } },
    after: { properties: { 'o.b': { type: 'long' } } },
    prediction: 'in place'
  },
  { title: 'a new empty object', before: {}, after: { properties: { o: { type: 'object' } } }, prediction: 'in place' },
  {
    title: 'a new object with parameters and fields',
    before: {},
    after: { properties: { o: { dynamic: 'strict', properties: { a: { type: 'ip' } } } } },
    prediction: 'in place'
  },
  {
    title: 'a new nested object',
    before: {},
    after: { properties: { n: { type: 'nested', properties: { a: { type: 'ip' } } } } },
    prediction: 'in place'
  },
  {
    title: 'a new field below a nested object that is included in its parent',
    before: { properties: { n: { type: 'nested', include_in_parent: true, properties: {} } } },
    after: { properties: { n: { type: 'nested', properties: { a: { type: 'ip' } } } } },
    prediction: 'in place'
  },
  {
    title: 'a new multi-field of a text with an analyzer',
    settings: analysis,
    ...field({ type: 'text', analyzer: 'shout' }, { type: 'text', fields: { raw: { type: 'keyword' } } }),
    prediction: 'in place'
  },
  {
    title: 'a second multi-field',
    ...field(
      { type: 'text', fields: { a: { type: 'keyword' } } },
      { type: 'text', fields: { b: { type: 'keyword' } } }
    ),
    prediction: 'in place'
  },
  {
    title: 'a new field alias',
    before: { properties: { f: { type: 'keyword' } } },
    after: { properties: { g: { type: 'alias', path: 'f' } } },
    prediction: 'in place'
  },
  {
    title: 'a new field where dots are part of names',
    before: { properties: { o: { subobjects: false, properties: { 'a.b': { type: 'long' } } } } },
    after: { properties: { o: { subobjects: false, properties: { 'a.c': { type: 'long' } } } } },
    prediction: 'in place',
    notOn: 'opensearch'
  },

  // In place: parameters that may change.
  {
    title: 'ignore_above added',
    ...field({ type: 'keyword' }, { type: 'keyword', ignore_above: 256 }),
    prediction: 'in place'
  },
  {
    title: 'ignore_above changed beside a fixed parameter nobody declared',
    ...field({ type: 'keyword', ignore_above: 10, doc_values: false }, { type: 'keyword', ignore_above: 256 }),
    prediction: 'in place'
  },
  {
    title: 'ignore_above of a multi-field',
    ...field(
      { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 10 } } },
      { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 256 } } }
    ),
    prediction: 'in place'
  },
  {
    title: 'ignore_above reset',
    ...field({ type: 'keyword', ignore_above: 10 }, { type: 'keyword', ignore_above: null }),
    prediction: 'in place'
  },
  {
    title: 'search_analyzer',
    settings: analysis,
    ...field({ type: 'text', analyzer: 'shout' }, { type: 'text', search_analyzer: 'simple' }),
    prediction: 'in place'
  },
  {
    title: 'search_analyzer back to the analyzer',
    ...field(
      { type: 'text', analyzer: 'simple', search_analyzer: 'standard' },
      { type: 'text', search_analyzer: 'simple' }
    ),
    prediction: 'in place'
  },
  {
    title: 'search_quote_analyzer',
    ...field({ type: 'text', analyzer: 'simple' }, { type: 'text', search_quote_analyzer: 'standard' }),
    prediction: 'in place'
  },
  {
    title: 'fielddata switched on',
    ...field({ type: 'text' }, { type: 'text', fielddata: true }),
    prediction: 'in place'
  },
  { title: 'norms switched off', ...field({ type: 'text' }, { type: 'text', norms: false }), prediction: 'in place' },
  {
    title: 'eager_global_ordinals',
    ...field({ type: 'keyword' }, { type: 'keyword', eager_global_ordinals: true }),
    prediction: 'in place'
  },
  {
    title: 'split_queries_on_whitespace',
    ...field({ type: 'keyword' }, { type: 'keyword', split_queries_on_whitespace: true }),
    prediction: 'in place'
  },
  {
    title: 'coerce of a number',
    ...field({ type: 'integer' }, { type: 'integer', coerce: false }),
    prediction: 'in place'
  },
  {
    title: 'ignore_malformed of a date',
    ...field({ type: 'date', format: 'yyyy' }, { type: 'date', ignore_malformed: true }),
    prediction: 'in place'
  },
  { title: 'copy_to', ...field({ type: 'keyword' }, { type: 'keyword', copy_to: 'all' }), prediction: 'in place' },
  {
    title: 'meta of a field',
    ...field({ type: 'keyword', meta: { unit: 'ms' } }, { type: 'keyword', meta: { unit: 's' } }),
    prediction: 'in place'
  },
  {
    title: 'depth_limit of flattened',
    ...field({ type: 'flattened' }, { type: 'flattened', depth_limit: 5 }),
    prediction: 'in place',
    notOn: 'opensearch'
  },
  {
    title: 'max_input_length of completion',
    ...field({ type: 'completion' }, { type: 'completion', max_input_length: 20 }),
    prediction: 'in place'
  },
  {
    title: 'another path of a field alias',
    before: { properties: { f: { type: 'keyword' }, g: { type: 'keyword' }, h: { type: 'alias', path: 'f' } } },
    after: { properties: { h: { type: 'alias', path: 'g' } } },
    prediction: 'in place'
  },
  {
    title: 'a vector index that is quantised further',
    ...field(
      { type: 'dense_vector', dims: 64, index_options: { type: 'hnsw' } },
      { type: 'dense_vector', index_options: { type: 'int8_hnsw' } }
    ),
    prediction: 'in place',
    notOn: 'opensearch'
  },
  {
    title: 'dims of a vector that had none',
    ...field({ type: 'dense_vector' }, { type: 'dense_vector', dims: 8 }),
    prediction: 'in place',
    notOn: 'opensearch'
  },
  {
    title: 'value of a constant_keyword that had none',
    ...field({ type: 'constant_keyword' }, { type: 'constant_keyword', value: 'a' }),
    prediction: 'in place',
    notOn: 'opensearch',
    needsModule: true
  },
  {
    title: 'one more child of a join',
    ...field(
      { type: 'join', relations: { question: 'answer' } },
      { type: 'join', relations: { question: ['answer', 'comment'] } }
    ),
    prediction: 'in place'
  },

  // In place: the mapping itself.
  { title: 'dynamic of the mapping', before: {}, after: { dynamic: false }, prediction: 'in place' },
  {
    title: 'dynamic of an object',
    before: { properties: { o: { properties: { a: { type: 'long' } } } } },
    after: { properties: { o: { dynamic: 'strict', properties: {} } } },
    prediction: 'in place'
  },
  {
    title: 'dynamic back to what it is when nobody says',
    before: { dynamic: 'strict' },
    after: { dynamic: null },
    prediction: 'in place'
  },
  { title: 'date_detection', before: {}, after: { date_detection: false }, prediction: 'in place' },
  { title: 'numeric_detection', before: {}, after: { numeric_detection: true }, prediction: 'in place' },
  { title: 'dynamic_date_formats', before: {}, after: { dynamic_date_formats: ['yyyy'] }, prediction: 'in place' },
  {
    title: 'dynamic_templates',
    before: { dynamic_templates: [{ a: { match: 'a*', mapping: { type: 'keyword' } } }] },
    after: { dynamic_templates: [{ b: { match: 'b*', mapping: { type: 'long' } } }] },
    prediction: 'in place'
  },
  {
    title: 'a key of _meta beside others',
    before: { _meta: { theirs: 1 } },
    after: { _meta: { ours: { a: [1, 2] } } },
    prediction: 'in place'
  },
  {
    title: 'a key of _meta taken away',
    before: { _meta: { a: 1, b: 2 } },
    after: { _meta: { a: null } },
    prediction: 'in place'
  },
  {
    title: 'a new runtime field',
    before: {},
    after: { runtime: { r: { type: 'long' } } },
    prediction: 'in place',
    notOn: 'opensearch'
  },
  {
    title: 'another type of a runtime field',
    before: { runtime: { r: { type: 'long' } } },
    after: { runtime: { r: { type: 'keyword' } } },
    prediction: 'in place',
    notOn: 'opensearch'
  },
  {
    title: 'a runtime field taken away',
    before: { runtime: { r: { type: 'long' } } },
    after: { runtime: { r: null } },
    prediction: 'in place',
    notOn: 'opensearch'
  },

  // A new index.
  { title: 'type', ...field({ type: 'keyword' }, { type: 'text' }), prediction: 'needs reindex' },
  { title: 'type of a number', ...field({ type: 'integer' }, { type: 'long' }), prediction: 'needs reindex' },
  {
    title: 'type of a multi-field',
    ...field(
      { type: 'text', fields: { raw: { type: 'keyword' } } },
      { type: 'text', fields: { raw: { type: 'text' } } }
    ),
    prediction: 'needs reindex'
  },
  {
    title: 'object to field',
    before: { properties: { o: { properties: { a: { type: 'long' } } } } },
    after: { properties: { o: { type: 'keyword' } } },
    prediction: 'needs reindex'
  },
  {
    title: 'field to object',
    before: { properties: { o: { type: 'keyword' } } },
    after: { properties: { 'o.a': { type: 'long' } } },
    prediction: 'needs reindex'
  },
  {
    title: 'object to nested',
    before: { properties: { o: { properties: { a: { type: 'long' } } } } },
    after: { properties: { o: { type: 'nested', properties: {} } } },
    prediction: 'needs reindex'
  },
  {
    title: 'nested to object',
    before: { properties: { o: { type: 'nested', properties: {} } } },
    after: { properties: { o: { type: 'object' } } },
    prediction: 'needs reindex'
  },
  {
    title: 'include_in_parent',
    before: { properties: { n: { type: 'nested', properties: {} } } },
    after: { properties: { n: { type: 'nested', include_in_parent: true } } },
    prediction: 'needs reindex'
  },
  { title: 'analyzer', ...field({ type: 'text' }, { type: 'text', analyzer: 'simple' }), prediction: 'needs reindex' },
  {
    title: 'analyzer taken away',
    ...field({ type: 'text', analyzer: 'simple' }, { type: 'text', analyzer: null }),
    prediction: 'needs reindex'
  },
  { title: 'index', ...field({ type: 'keyword' }, { type: 'keyword', index: false }), prediction: 'needs reindex' },
  {
    title: 'doc_values',
    ...field({ type: 'keyword', doc_values: false }, { type: 'keyword', doc_values: true }),
    prediction: 'needs reindex'
  },
  { title: 'store', ...field({ type: 'keyword' }, { type: 'keyword', store: true }), prediction: 'needs reindex' },
  {
    title: 'norms switched on',
    ...field({ type: 'text', norms: false }, { type: 'text', norms: true }),
    prediction: 'needs reindex'
  },
  {
    title: 'similarity',
    ...field({ type: 'text' }, { type: 'text', similarity: 'boolean' }),
    prediction: 'needs reindex'
  },
  {
    title: 'index_options',
    ...field({ type: 'text' }, { type: 'text', index_options: 'docs' }),
    prediction: 'needs reindex'
  },
  {
    title: 'term_vector',
    ...field({ type: 'text' }, { type: 'text', term_vector: 'yes' }),
    prediction: 'needs reindex'
  },
  {
    title: 'index_phrases',
    ...field({ type: 'text' }, { type: 'text', index_phrases: true }),
    prediction: 'needs reindex'
  },
  {
    title: 'index_prefixes',
    ...field({ type: 'text' }, { type: 'text', index_prefixes: { min_chars: 3 } }),
    prediction: 'needs reindex'
  },
  {
    title: 'position_increment_gap',
    ...field({ type: 'text' }, { type: 'text', position_increment_gap: 1 }),
    prediction: 'needs reindex'
  },
  {
    title: 'normalizer',
    ...field({ type: 'keyword' }, { type: 'keyword', normalizer: 'lowercase' }),
    prediction: 'needs reindex'
  },
  {
    title: 'null_value of a keyword',
    ...field({ type: 'keyword' }, { type: 'keyword', null_value: 'none' }),
    prediction: 'needs reindex'
  },
  {
    title: 'null_value of a number',
    ...field({ type: 'integer', null_value: 1 }, { type: 'integer', null_value: 2 }),
    prediction: 'needs reindex'
  },
  {
    title: 'null_value of a point',
    ...field({ type: 'geo_point', null_value: '1,1' }, { type: 'geo_point', null_value: '2,2' }),
    prediction: 'needs reindex',
    notOn: 'opensearch'
  },
  {
    title: 'format of a date',
    ...field({ type: 'date', format: 'yyyy' }, { type: 'date', format: 'yyyy-MM' }),
    prediction: 'needs reindex'
  },
  {
    title: 'format of a date range',
    ...field({ type: 'date_range' }, { type: 'date_range', format: 'yyyy-MM' }),
    prediction: 'needs reindex'
  },
  {
    title: 'dims of a vector',
    ...field({ type: 'dense_vector', dims: 8 }, { type: 'dense_vector', dims: 16 }),
    prediction: 'needs reindex',
    notOn: 'opensearch'
  },
  {
    title: 'similarity of a vector',
    ...field({ type: 'dense_vector', dims: 8 }, { type: 'dense_vector', similarity: 'l2_norm' }),
    prediction: 'needs reindex',
    notOn: 'opensearch'
  },
  {
    title: 'a vector index that is quantised less',
    ...field(
      { type: 'dense_vector', dims: 64, index_options: { type: 'int8_hnsw' } },
      { type: 'dense_vector', index_options: { type: 'hnsw' } }
    ),
    prediction: 'needs reindex',
    notOn: 'opensearch'
  },
  {
    title: 'value of a constant_keyword',
    ...field({ type: 'constant_keyword', value: 'a' }, { type: 'constant_keyword', value: 'b' }),
    prediction: 'needs reindex',
    needsModule: true
  },
  {
    title: 'one child less of a join',
    ...field(
      { type: 'join', relations: { question: ['answer', 'comment'], answer: 'vote' } },
      { type: 'join', relations: { question: 'answer' } }
    ),
    prediction: 'needs reindex'
  },
  {
    title: 'preserve_separators of completion',
    ...field({ type: 'completion' }, { type: 'completion', preserve_separators: false }),
    prediction: 'needs reindex'
  },
  {
    title: 'enabled of an object',
    before: { properties: { o: { properties: {} } } },
    after: { properties: { o: { enabled: false } } },
    prediction: 'needs reindex'
  },
  {
    title: 'subobjects of an object',
    before: { properties: { o: { properties: {} } } },
    after: { properties: { o: { subobjects: false, properties: {} } } },
    prediction: 'needs reindex',
    notOn: 'opensearch'
  },
  {
    title: 'a field taken away',
    before: { properties: { f: { type: 'keyword' } } },
    after: { properties: { f: null } },
    prediction: 'needs reindex',
    refusedByUs: true
  },
  {
    title: 'a multi-field taken away',
    ...field({ type: 'text', fields: { raw: { type: 'keyword' } } }, { type: 'text', fields: { raw: null } }),
    prediction: 'needs reindex',
    refusedByUs: true
  },
  {
    title: '_source switched off',
    before: { properties: { f: { type: 'keyword' } } },
    after: { _source: { enabled: false } },
    prediction: 'needs reindex',
    refusedByUs: true
  },
  {
    title: '_routing required',
    before: { properties: { f: { type: 'keyword' } } },
    after: { _routing: { required: true } },
    prediction: 'needs reindex'
  },
  {
    title: 'a runtime field that would hide a field',
    before: { properties: { f: { type: 'keyword' } } },
    after: { runtime: { f: { type: 'long' } } },
    prediction: 'needs reindex',
    refusedByUs: true,
    notOn: 'opensearch'
  },

  // Nothing to do: other words for the same.
  {
    title: 'the same in another order',
    before: { properties: { a: { type: 'long' }, b: { type: 'ip' } } },
    after: { properties: { b: { type: 'ip' }, a: { type: 'long' } } },
    prediction: 'no change'
  },
  {
    title: 'fields only the server has',
    before: { properties: { a: { type: 'long' }, b: { type: 'ip' } } },
    after: { properties: { a: { type: 'long' } } },
    prediction: 'no change'
  },
  {
    title: 'a dotted name and an object',
    before: { properties: { 'o.a': { type: 'long' } } },
    after: { properties: { o: { type: 'object', properties: { a: { type: 'long' } } } } },
    prediction: 'no change'
  },
  {
    title: 'defaults that are dropped',
    ...field(
      { type: 'keyword' },
      { type: 'keyword', index: true, doc_values: true, store: false, ignore_above: 2147483647 }
    ),
    prediction: 'no change'
  },
  {
    title: 'defaults that were declared once',
    ...field({ type: 'integer', coerce: true, ignore_malformed: false }, { type: 'integer' }),
    prediction: 'no change'
  },
  {
    title: 'defaults that are declared late',
    ...field({ type: 'integer' }, { type: 'integer', coerce: true, ignore_malformed: false }),
    prediction: 'no change'
  },
  {
    title: 'the default of a parameter declared as not set',
    ...field({ type: 'integer', coerce: true }, { type: 'integer', coerce: null }),
    prediction: 'no change'
  },
  {
    title: 'numbers and flags as text',
    ...field(
      { type: 'keyword', ignore_above: 256, store: true },
      { type: 'keyword', ignore_above: '256', store: 'true' }
    ),
    prediction: 'no change'
  },
  {
    title: 'the format of dates when nobody says',
    ...field({ type: 'date' }, { type: 'date', format: 'strict_date_optional_time||epoch_millis' }),
    prediction: 'no change'
  },
  {
    title: 'the analyzer when nobody says',
    ...field({ type: 'text' }, { type: 'text', analyzer: 'standard', search_analyzer: 'standard' }),
    prediction: 'no change'
  },
  {
    title: 'a search_analyzer that is the analyzer',
    ...field({ type: 'text', analyzer: 'simple' }, { type: 'text', analyzer: 'simple', search_analyzer: 'simple' }),
    prediction: 'no change'
  },
  {
    title: 'copy_to as text',
    ...field({ type: 'keyword', copy_to: ['all'] }, { type: 'keyword', copy_to: 'all' }),
    prediction: 'no change'
  },
  {
    title: 'index_prefixes with its defaults',
    ...field({ type: 'text', index_prefixes: {} }, { type: 'text', index_prefixes: { min_chars: 2, max_chars: 5 } }),
    prediction: 'no change'
  },
  { title: 'dynamic as a flag', before: { dynamic: false }, after: { dynamic: 'false' }, prediction: 'no change' },
  { title: 'dynamic when nobody says', before: {}, after: { dynamic: true }, prediction: 'no change' },
  {
    title: 'patterns as lists of one',
    before: { dynamic_templates: [{ a: { match: ['a*'], match_pattern: 'simple', mapping: { type: 'keyword' } } }] },
    after: { dynamic_templates: [{ a: { match: 'a*', mapping: { type: 'keyword' } } }] },
    prediction: 'no change',
    notOn: 'opensearch'
  },
  {
    title: '_source as it is when nobody says',
    before: {},
    after: { _source: { enabled: true } },
    prediction: 'no change'
  },
  {
    title: 'a script as text',
    before: { runtime: { r: { type: 'long', script: 'emit(1)' } } },
    after: { runtime: { r: { type: 'long', script: { source: 'emit(1)' } } } },
    prediction: 'no change',
    notOn: 'opensearch'
  },
  {
    title: 'element_type of a vector when nobody says',
    ...field(
      { type: 'dense_vector', dims: 8 },
      { type: 'dense_vector', dims: 8, element_type: 'float', index: true, similarity: 'cosine' }
    ),
    prediction: 'no change',
    notOn: 'opensearch'
  },
  {
    title: 'children of a join as a list of one',
    ...field(
      { type: 'join', relations: { question: ['answer'] } },
      { type: 'join', relations: { question: 'answer' } }
    ),
    prediction: 'no change'
  },
  {
    title: 'the null_value of a point as text',
    ...field({ type: 'geo_point', null_value: { lat: 1, lon: 2 } }, { type: 'geo_point', null_value: '1, 2' }),
    prediction: 'no change'
  },
  {
    title: 'contexts of completion',
    ...field(
      { type: 'completion', contexts: [{ name: 'place', type: 'category' }] },
      { type: 'completion', contexts: [{ name: 'place', type: 'category' }] }
    ),
    prediction: 'no change'
  },
  {
    title: 'the locale of dates when nobody says',
    ...field({ type: 'date' }, { type: 'date', locale: 'en' }),
    prediction: 'no change'
  },
  {
    title: 'our own marker',
    before: { _meta: { infometis: { owner: 'a' } } },
    after: { _meta: { infometis: { owner: 'b' } } },
    prediction: 'no change'
  }
]
