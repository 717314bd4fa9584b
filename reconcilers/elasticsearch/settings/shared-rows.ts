/**
 * Index settings that Elasticsearch and OpenSearch have in common.
 * @module
 */
import type { SettingRow } from './row.ts'

const source =
  'IndexScopedSettings of Elasticsearch 8.19.21 and 9.5.3 and of OpenSearch 2.19.1 and 3.8.0, printed with their properties'

/** Index settings that Elasticsearch and OpenSearch have in common. */
export const sharedRows: readonly SettingRow[] = [
  // A list of values may be attached to any node attribute below these.
  {
    class: 'dynamic',
    type: 'list',
    source,
    prefixes: ['routing.allocation.exclude.', 'routing.allocation.include.', 'routing.allocation.require.']
  },
  { class: 'reopen', type: 'free', source, prefixes: ['analysis.', 'similarity.'] },
  {
    class: 'server',
    type: 'text',
    source: 'IndexScopedSettings.isPrivateSetting',
    prefixes: ['history.', 'resize.', 'routing.allocation.initial_recovery.', 'shrink.source.', 'version.']
  },
  {
    class: 'dynamic',
    type: 'boolean',
    source,
    keys: [
      'blocks.metadata',
      'blocks.read',
      'blocks.read_only',
      'blocks.read_only_allow_delete',
      'blocks.write',
      'hidden',
      'indexing.slowlog.reformat',
      'merge.scheduler.auto_throttle',
      'requests.cache.enable',
      'warmer.enabled'
    ]
  },
  {
    class: 'dynamic',
    type: 'bytes',
    source,
    keys: [
      'flush_after_merge',
      'merge.policy.floor_segment',
      'merge.policy.max_merged_segment',
      'translog.flush_threshold_size',
      'translog.generation_threshold_size',
      'translog.retention.size'
    ]
  },
  {
    class: 'dynamic',
    type: 'decimal',
    source,
    keys: ['merge.policy.deletes_pct_allowed', 'merge.policy.expunge_deletes_allowed', 'merge.policy.segments_per_tier']
  },
  {
    class: 'dynamic',
    type: 'integer',
    source,
    keys: [
      'allocation.max_retries',
      'analyze.max_token_count',
      'highlight.max_analyzed_offset',
      'indexing.slowlog.source',
      'mapping.depth.limit',
      'mapping.field_name_length.limit',
      'mapping.nested_fields.limit',
      'mapping.nested_objects.limit',
      'mapping.total_fields.limit',
      'max_docvalue_fields_search',
      'max_inner_result_window',
      'max_ngram_diff',
      'max_refresh_listeners',
      'max_regex_length',
      'max_rescore_window',
      'max_result_window',
      'max_script_fields',
      'max_shingle_diff',
      'max_slices_per_scroll',
      'max_terms_count',
      'merge.policy.max_merge_at_once',
      'merge.scheduler.max_merge_count',
      'merge.scheduler.max_thread_count',
      'number_of_replicas',
      'priority',
      'routing.allocation.total_shards_per_node',
      'soft_deletes.retention.operations'
    ]
  },
  { class: 'dynamic', type: 'list', source, keys: ['query.default_field'] },
  {
    class: 'dynamic',
    type: 'text',
    source,
    keys: [
      'auto_expand_replicas',
      'compound_format',
      'default_pipeline',
      'final_pipeline',
      'write.wait_for_active_shards'
    ]
  },
  {
    class: 'dynamic',
    type: 'time',
    source,
    keys: [
      'gc_deletes',
      'global_checkpoint_sync.interval',
      'indexing.slowlog.threshold.index.debug',
      'indexing.slowlog.threshold.index.info',
      'indexing.slowlog.threshold.index.trace',
      'indexing.slowlog.threshold.index.warn',
      'refresh_interval',
      'search.idle.after',
      'search.slowlog.threshold.fetch.debug',
      'search.slowlog.threshold.fetch.info',
      'search.slowlog.threshold.fetch.trace',
      'search.slowlog.threshold.fetch.warn',
      'search.slowlog.threshold.query.debug',
      'search.slowlog.threshold.query.info',
      'search.slowlog.threshold.query.trace',
      'search.slowlog.threshold.query.warn',
      'soft_deletes.retention_lease.period',
      'soft_deletes.retention_lease.sync_interval',
      'translog.retention.age',
      'translog.sync_interval',
      'unassigned.node_left.delayed_timeout'
    ]
  },
  {
    class: 'dynamic',
    type: 'word',
    source,
    keys: ['routing.allocation.enable', 'routing.rebalance.enable', 'translog.durability']
  },
  {
    class: 'reopen',
    type: 'boolean',
    source,
    keys: [
      'load_fixed_bitset_filters_eagerly',
      'mapping.coerce',
      'mapping.ignore_malformed',
      'percolator.map_unmapped_fields_as_text',
      'queries.cache.enabled',
      'queries.cache.everything',
      'query.parse.allow_unmapped_fields',
      'query_string.lenient'
    ]
  },
  { class: 'reopen', type: 'decimal', source, keys: ['recovery.file_based_threshold'] },
  { class: 'reopen', type: 'list', source, keys: ['store.preload'] },
  {
    class: 'reopen',
    type: 'text',
    source,
    keys: [
      'codec',
      'data_path',
      'fielddata.cache',
      'recovery.type',
      'shard.check_on_startup',
      'store.fs.fs_lock',
      'store.type'
    ]
  },
  { class: 'reopen', type: 'time', source, keys: ['store.stats_refresh_interval'] },
  { class: 'final', type: 'boolean', source, keys: ['soft_deletes.enabled'] },
  {
    class: 'final',
    type: 'integer',
    source,
    keys: [
      // The server takes the middle two on a closed index, the second on OpenSearch only, but documents stay where the old
      // value put them.
      'format',
      'number_of_routing_shards',
      'routing_partition_size',
      'number_of_shards'
    ]
  },
  { class: 'final', type: 'list', source, keys: ['sort.field', 'sort.missing', 'sort.mode', 'sort.order'] },
  {
    class: 'server',
    type: 'text',
    source,
    keys: [
      'allocation.existing_shards_allocator',
      'creation_date',
      'creation_date_string',
      'provided_name',
      'search.throttled',
      'uuid',
      'verified_before_close'
    ]
  }
]
