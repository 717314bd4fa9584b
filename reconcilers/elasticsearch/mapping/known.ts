/**
 * Names servers know without plugins of their own: types of fields and analyzers. An unknown one is only warned about.
 * @module
 */
import type { Server } from '../connection/server.ts'

const shared = [
  'alias',
  'binary',
  'boolean',
  'byte',
  'completion',
  'constant_keyword',
  'date',
  'date_nanos',
  'date_range',
  'double',
  'double_range',
  'float',
  'float_range',
  'geo_point',
  'geo_shape',
  'half_float',
  'integer',
  'integer_range',
  'ip',
  'ip_range',
  'join',
  'keyword',
  'long',
  'long_range',
  'match_only_text',
  'murmur3',
  'nested',
  'object',
  'percolator',
  'rank_feature',
  'rank_features',
  'scaled_float',
  'search_as_you_type',
  'short',
  'text',
  'token_count',
  'unsigned_long',
  'version',
  'wildcard',
  'annotated_text',
  'icu_collation_keyword'
]

const typesOf = {
  elasticsearch: [
    ...shared,
    'aggregate_metric_double',
    'counted_keyword',
    'dense_vector',
    'exponential_histogram',
    'flattened',
    'histogram',
    'passthrough',
    'pattern_text',
    'pattern_text_keyword',
    'point',
    'rank_vectors',
    'semantic',
    'semantic_text',
    'shape',
    'sparse_vector',
    'tdigest'
  ],
  opensearch: [
    ...shared,
    'derived',
    'flat_object',
    'knn_vector',
    'rank_features',
    'semantic',
    'sparse_vector',
    'star_tree',
    'xy_point',
    'xy_shape'
  ]
} as const satisfies Record<Server['distribution'], readonly string[]>

/** Types of fields a server can have; of both kinds of servers when it is not known which one it is. */
export function knownTypes(distribution: Server['distribution'] | undefined): ReadonlySet<string> {
  return new Set(distribution === undefined ? [...typesOf.elasticsearch, ...typesOf.opensearch] : typesOf[distribution])
}

/** Analyzers every index has, those of the official analysis plugins included. */
export const builtInAnalyzers: ReadonlySet<string> = new Set([
  'default',
  'standard',
  'simple',
  'whitespace',
  'stop',
  'keyword',
  'pattern',
  'fingerprint',
  'snowball',
  'arabic',
  'armenian',
  'basque',
  'bengali',
  'brazilian',
  'bulgarian',
  'catalan',
  'chinese',
  'cjk',
  'czech',
  'danish',
  'dutch',
  'english',
  'estonian',
  'finnish',
  'french',
  'galician',
  'german',
  'greek',
  'hindi',
  'hungarian',
  'indonesian',
  'irish',
  'italian',
  'latvian',
  'lithuanian',
  'norwegian',
  'persian',
  'polish',
  'portuguese',
  'romanian',
  'russian',
  'serbian',
  'sorani',
  'spanish',
  'swedish',
  'thai',
  'turkish',
  'ukrainian',
  'icu_analyzer',
  'kuromoji',
  'nori',
  'smartcn',
  'default_search'
])

/** Names that belong to the server and can be no field. */
export const metadataFields: ReadonlySet<string> = new Set([
  '_doc_count',
  '_field_names',
  '_id',
  '_ignored',
  '_index',
  '_nested_path',
  '_routing',
  '_seq_no',
  '_source',
  '_tier',
  '_type',
  '_version'
])
