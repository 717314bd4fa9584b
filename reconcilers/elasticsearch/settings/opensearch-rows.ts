/**
 * Index settings of OpenSearch alone.
 * @module
 */
import type { SettingRow } from './row.ts'

const source = 'IndexScopedSettings of OpenSearch 2.19.1 and 3.8.0, printed with their properties'

/** Index settings of OpenSearch alone. */
export const opensearchRows: readonly SettingRow[] = [
  { class: 'dynamic', type: 'text', source, prefixes: ['ingestion_source.param.'] },
  { class: 'final', type: 'text', source, prefixes: ['ingestion_source.mapper_settings.'] },
  { class: 'server', type: 'text', source, prefixes: ['searchable_snapshot.'] },
  {
    class: 'dynamic',
    type: 'boolean',
    source,
    keys: [
      'auto_force_merge.enabled',
      'blocks.search_only',
      'bulk.adaptive_shard_selection.enabled',
      'derived_source.translog.enabled',
      'mapper.dynamic',
      'merge_on_flush.enabled',
      'optimize_auto_generated_id',
      'optimize_doc_id_lookup.fuzzy_set.enabled',
      'query.derived_field.enabled',
      'search.concurrent_segment_search.enabled',
      'search.star_tree_index.enabled',
      'tiered.storage.slowlog.enabled',
      'unreferenced_file_cleanup.enabled'
    ]
  },
  {
    class: 'dynamic',
    type: 'bytes',
    source,
    keys: [
      'merge.log_byte_size_policy.max_merge_segment',
      'merge.log_byte_size_policy.max_merge_segment_forced_merge',
      'merge.log_byte_size_policy.min_merge'
    ]
  },
  {
    class: 'dynamic',
    type: 'decimal',
    source,
    keys: [
      'merge.log_byte_size_policy.no_cfs_ratio',
      'merge.policy.reclaim_deletes_weight',
      'merge.scheduler.max_force_merge_mb_per_sec',
      'optimize_doc_id_lookup.fuzzy_set.false_positive_probability'
    ]
  },
  {
    class: 'dynamic',
    type: 'integer',
    source,
    keys: [
      'aggregation.streaming.min_segment_size',
      'context_aware.max_retry_on_lookup_map_acquisition_exception',
      'ingestion_source.poll.max_batch_size',
      'ingestion_source.poll.timeout',
      'ingestion_source.warmup.lag_threshold',
      'mapping.dynamic_properties.lucene_field.limit',
      'max_adjacency_matrix_filters',
      'max_slices_per_pit',
      'merge.log_byte_size_policy.max_merged_docs',
      'merge.log_byte_size_policy.merge_factor',
      'number_of_search_only_replicas',
      'number_of_search_replicas',
      'query.max_nested_depth',
      'remote_store.translog.keep_extra_gen',
      'routing.allocation.total_primary_shards_per_node',
      'routing.allocation.total_remote_capable_primary_shards_per_node',
      'routing.allocation.total_remote_capable_shards_per_node',
      'search.concurrent.max_slice_count',
      'search.concurrent_segment_search.partition_min_segment_size'
    ]
  },
  {
    class: 'dynamic',
    type: 'text',
    source,
    keys: [
      'auto_expand_search_replicas',
      'merge_on_flush.policy',
      'search.concurrent_segment_search.mode',
      'search.concurrent_segment_search.partition_strategy',
      'search.default_pipeline'
    ]
  },
  {
    class: 'dynamic',
    type: 'time',
    source,
    keys: [
      'ingestion_source.warmup.timeout',
      'merge_on_flush.max_full_flush_merge_wait_time',
      'periodic_flush_interval',
      'remote_store.translog.buffer_interval',
      'segment_replication.publish_referenced_segments_interval',
      'tiered.storage.slowlog.threshold.fetch.debug',
      'tiered.storage.slowlog.threshold.fetch.info',
      'tiered.storage.slowlog.threshold.fetch.trace',
      'tiered.storage.slowlog.threshold.fetch.warn',
      'tiered.storage.slowlog.threshold.query.debug',
      'tiered.storage.slowlog.threshold.query.info',
      'tiered.storage.slowlog.threshold.query.trace',
      'tiered.storage.slowlog.threshold.query.warn'
    ]
  },
  {
    class: 'dynamic',
    type: 'word',
    source,
    keys: [
      'indexing.slowlog.level',
      'ingestion_source.error_strategy',
      'search.slowlog.level',
      'tiered.storage.slowlog.level'
    ]
  },
  {
    class: 'reopen',
    type: 'boolean',
    source,
    keys: [
      'check_pending_flush.enabled',
      'force_memory_term_dictionary',
      'translog.read_forward',
      'use_compound_file',
      'warm'
    ]
  },
  { class: 'reopen', type: 'integer', source, keys: ['codec.compression_level', 'translog.retention.total_files'] },
  { class: 'reopen', type: 'list', source, keys: ['store.hybrid.mmap.extensions', 'store.hybrid.nio.extensions'] },
  {
    class: 'reopen',
    type: 'text',
    source,
    keys: ['composite_store.type', 'ingestion_source.type', 'merge.policy', 'store.factory']
  },
  { class: 'reopen', type: 'word', source, keys: ['store.data_locality'] },
  {
    class: 'final',
    type: 'boolean',
    source,
    keys: [
      'append_only.enabled',
      'composite_index',
      'context_aware.enabled',
      'derived_source.enabled',
      'ingestion_source.all_active',
      'pluggable.dataformat.enabled'
    ]
  },
  {
    class: 'final',
    type: 'integer',
    source,
    keys: [
      'composite_index.star_tree.default.max_leaf_docs',
      'composite_index.star_tree.field.max_base_metrics',
      'composite_index.star_tree.field.max_date_intervals',
      'composite_index.star_tree.field.max_dimensions',
      'composite_index.star_tree.max_fields',
      'ingestion_source.internal_queue_size',
      'ingestion_source.num_processor_threads',
      'number_of_virtual_shards'
    ]
  },
  {
    class: 'final',
    type: 'list',
    source,
    keys: ['composite_index.star_tree.field.default.date_intervals', 'composite_index.star_tree.field.default.metrics']
  },
  {
    class: 'final',
    type: 'text',
    source,
    keys: ['ingestion_source.pointer.init.reset', 'ingestion_source.pointer.init.reset.value', 'pluggable.dataformat']
  },
  { class: 'final', type: 'time', source, keys: ['ingestion_source.pointer_based_lag_update_interval'] },
  {
    class: 'final',
    type: 'word',
    source,
    keys: ['ingestion_source.mapper_type', 'ingestion_source.source_partition_strategy', 'replication.type']
  },
  {
    class: 'server',
    type: 'text',
    source,
    keys: [
      'context.created_version',
      'context.current_version',
      'remote_store.enabled',
      'remote_store.segment.path_prefix',
      'remote_store.segment.repository',
      'remote_store.translog.repository',
      'tiering.state'
    ]
  }
]
