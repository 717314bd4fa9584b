/**
 * Index settings of Elasticsearch alone.
 * @module
 */
import type { SettingRow } from './row.ts'

const source =
  'IndexScopedSettings of Elasticsearch 8.19.21 and 9.5.3, printed with their properties; plugins from their own settings'

/** Index settings of Elasticsearch alone. */
export const elasticsearchRows: readonly SettingRow[] = [
  // Private or internal; one of the internal ones is taken at creation, and no one but the server means it.
  { class: 'server', type: 'text', source, prefixes: ['downsample.', 'rollup.source.', 'store.snapshot.'] },
  {
    class: 'dynamic',
    type: 'boolean',
    source,
    keys: [
      'bloom_filter_for_id_field.enabled',
      'dense_vector.hnsw_enable_early_termination',
      'highlight.weight_matches_mode.enabled',
      'indexing.slowlog.include.user',
      'lifecycle.indexing_complete',
      'lifecycle.parse_origination_date',
      'lifecycle.prefer_ilm',
      'lifecycle.skip',
      'mapping.dynamic_strings.auto_text',
      'mapping.field_name_length.ignore_dynamic_beyond_limit',
      'mapping.synthetic_source.skip_ignored_source_read',
      'mapping.synthetic_source.skip_ignored_source_write',
      'mapping.total_fields.ignore_dynamic_beyond_limit',
      'merge.intra_merge_parallelism_enabled',
      'search.slowlog.include.user'
    ]
  },
  { class: 'dynamic', type: 'decimal', source, keys: ['esql.stored_fields_sequential_proportion'] },
  { class: 'dynamic', type: 'instant', source, keys: ['time_series.end_time'] },
  {
    class: 'dynamic',
    type: 'integer',
    source,
    keys: [
      'lifecycle.origination_date',
      'mapping.array_objects.limit',
      'mapping.dimension_fields.limit',
      'mapping.nested_parents.limit',
      'merge.policy.max_merge_at_once_explicit',
      'merge.policy.merge_factor'
    ]
  },
  {
    class: 'dynamic',
    type: 'text',
    source,
    keys: ['lifecycle.name', 'lifecycle.rollover_alias', 'routing.allocation.include._tier_preference']
  },
  {
    class: 'dynamic',
    type: 'time',
    source,
    keys: ['lifecycle.step.wait_time_threshold', 'look_ahead_time', 'look_back_time', 'translog.flush_threshold_age']
  },
  { class: 'dynamic', type: 'word', source, keys: ['dense_vector.hnsw_filter_heuristic', 'merge.policy.type'] },
  {
    class: 'reopen',
    type: 'integer',
    source,
    keys: ['mapping.ignore_above', 'store.fs.directio_async_prefetch_limit']
  },
  { class: 'reopen', type: 'word', source, keys: ['mapping.synthetic_source_keep'] },
  {
    class: 'final',
    type: 'boolean',
    source,
    keys: [
      'dense_vector.experimental_features',
      'dimensions_tsid_strategy_enabled',
      'disable_sequence_numbers',
      'fast_refresh',
      'logsdb.route_on_sort_fields',
      'mapping.doc_values.multi_value',
      'mapping.doc_values.nullability',
      'mapping.exclude_source_vectors',
      'mapping.flattened.store_root_doc_values',
      'mapping.index_disabled_by_default',
      'mapping.semantic_text.use_legacy_format',
      'mapping.synthetic_id',
      'mapping.use_columnar_id_mode_by_default',
      'mapping.use_doc_values_skipper',
      'recovery.use_synthetic_source',
      'slice.enabled',
      'synthetic_id.bloom_filter.optimized_merge',
      'time_series.es87tsdb_codec.enabled',
      'time_series.es95_codec.enabled',
      'use_legacy_postings_format',
      'use_time_series_doc_values_format',
      'use_time_series_doc_values_format_large_binary_block_size',
      'use_time_series_doc_values_format_large_block_size'
    ]
  },
  { class: 'final', type: 'bytes', source, keys: ['synthetic_id.bloom_filter.max_size'] },
  {
    class: 'final',
    type: 'decimal',
    source,
    keys: ['synthetic_id.bloom_filter.high_bits_per_doc', 'synthetic_id.bloom_filter.low_bits_per_doc']
  },
  { class: 'final', type: 'instant', source, keys: ['time_series.start_time'] },
  {
    class: 'final',
    type: 'integer',
    source,
    keys: [
      'synthetic_id.bloom_filter.large_segment_min_docs',
      'synthetic_id.bloom_filter.num_hash_functions',
      'synthetic_id.bloom_filter.small_segment_max_docs'
    ]
  },
  { class: 'final', type: 'list', source, keys: ['routing_path'] },
  { class: 'final', type: 'text', source, keys: ['time_series.temporality_field'] },
  { class: 'final', type: 'word', source, keys: ['mapping.source.mode', 'mode', 'seq_no.index_options'] },
  {
    class: 'server',
    type: 'text',
    source,
    keys: [
      'dense_vector.post_filter_selectivity_threshold',
      'dimensions',
      'failure_store.version',
      'frozen',
      'logsdb.add_host_name_field',
      'logsdb.sort_on_host_name',
      'logsdb.sort_on_message_template',
      'routing.allocation.disk.watermark.ignore',
      'shard_limit.group',
      'source_only',
      'verified_read_only',
      'xpack.ccr.following_index'
    ]
  }
]
