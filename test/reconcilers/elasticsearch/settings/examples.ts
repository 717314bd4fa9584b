/**
 * Settings with two values each and the class we give them, to be tried on real servers: `value` at creation, then `other`
 * in place and with a reopen.
 */
import type { SettingClass } from '../../../../reconcilers/elasticsearch/settings/row.ts'

export interface SettingExample {
  /** Without `index.`. */
  readonly key: string
  readonly value: string | readonly string[]
  /** Another value than `value`, which the server takes where the class lets it. */
  readonly other: string | readonly string[]
  readonly class: SettingClass
  /** What else the index needs at creation. */
  readonly beside?: Readonly<Record<string, string | readonly string[]>>
}

/**
 * Not here: settings that only newer servers have, those that need modules, and `number_of_routing_shards`, which the server
 * takes with a reopen although documents stay where the old value put them. OpenSearch 3 takes `creation_date` at creation.
 */
export const settingExamples: readonly SettingExample[] = [
  { key: 'number_of_replicas', value: '0', other: '1', class: 'dynamic' },
  { key: 'auto_expand_replicas', value: 'false', other: '0-1', class: 'dynamic' },
  { key: 'refresh_interval', value: '1s', other: '30s', class: 'dynamic' },
  { key: 'max_result_window', value: '10000', other: '20000', class: 'dynamic' },
  { key: 'max_inner_result_window', value: '100', other: '200', class: 'dynamic' },
  { key: 'max_rescore_window', value: '10000', other: '20000', class: 'dynamic' },
  { key: 'max_docvalue_fields_search', value: '100', other: '200', class: 'dynamic' },
  { key: 'max_script_fields', value: '32', other: '64', class: 'dynamic' },
  { key: 'max_ngram_diff', value: '1', other: '3', class: 'dynamic' },
  { key: 'max_shingle_diff', value: '3', other: '4', class: 'dynamic' },
  { key: 'max_refresh_listeners', value: '1000', other: '100', class: 'dynamic' },
  { key: 'max_terms_count', value: '65536', other: '1000', class: 'dynamic' },
  { key: 'max_regex_length', value: '1000', other: '100', class: 'dynamic' },
  { key: 'max_slices_per_scroll', value: '1024', other: '10', class: 'dynamic' },
  { key: 'analyze.max_token_count', value: '10000', other: '100', class: 'dynamic' },
  { key: 'highlight.max_analyzed_offset', value: '1000000', other: '1000', class: 'dynamic' },
  { key: 'blocks.write', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'blocks.read', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'blocks.read_only', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'blocks.read_only_allow_delete', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'default_pipeline', value: '_none', other: 'absent-pipeline', class: 'dynamic' },
  { key: 'final_pipeline', value: '_none', other: 'absent-pipeline', class: 'dynamic' },
  { key: 'hidden', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'priority', value: '1', other: '100', class: 'dynamic' },
  { key: 'gc_deletes', value: '60s', other: '30s', class: 'dynamic' },
  { key: 'requests.cache.enable', value: 'true', other: 'false', class: 'dynamic' },
  { key: 'query.default_field', value: ['a'], other: ['a', 'b'], class: 'dynamic' },
  { key: 'search.idle.after', value: '30s', other: '1m', class: 'dynamic' },
  { key: 'search.slowlog.threshold.query.warn', value: '10s', other: '5s', class: 'dynamic' },
  { key: 'search.slowlog.threshold.query.info', value: '10s', other: '5s', class: 'dynamic' },
  { key: 'search.slowlog.threshold.fetch.warn', value: '10s', other: '5s', class: 'dynamic' },
  { key: 'indexing.slowlog.threshold.index.warn', value: '10s', other: '5s', class: 'dynamic' },
  { key: 'indexing.slowlog.source', value: '1000', other: '10', class: 'dynamic' },
  { key: 'indexing.slowlog.reformat', value: 'true', other: 'false', class: 'dynamic' },
  { key: 'translog.durability', value: 'request', other: 'async', class: 'dynamic' },
  { key: 'translog.sync_interval', value: '5s', other: '10s', class: 'dynamic' },
  { key: 'translog.flush_threshold_size', value: '512mb', other: '1gb', class: 'dynamic' },
  { key: 'translog.generation_threshold_size', value: '64mb', other: '128mb', class: 'dynamic' },
  { key: 'merge.policy.floor_segment', value: '2mb', other: '4mb', class: 'dynamic' },
  { key: 'merge.policy.max_merged_segment', value: '5gb', other: '2gb', class: 'dynamic' },
  { key: 'merge.policy.segments_per_tier', value: '10.0', other: '12.0', class: 'dynamic' },
  { key: 'merge.policy.deletes_pct_allowed', value: '20.0', other: '30.0', class: 'dynamic' },
  { key: 'merge.scheduler.auto_throttle', value: 'true', other: 'false', class: 'dynamic' },
  { key: 'merge.scheduler.max_thread_count', value: '1', other: '2', class: 'dynamic' },
  { key: 'flush_after_merge', value: '512mb', other: '256mb', class: 'dynamic' },
  { key: 'mapping.total_fields.limit', value: '1000', other: '2000', class: 'dynamic' },
  { key: 'mapping.depth.limit', value: '20', other: '30', class: 'dynamic' },
  { key: 'mapping.nested_fields.limit', value: '50', other: '60', class: 'dynamic' },
  { key: 'mapping.nested_objects.limit', value: '10000', other: '20000', class: 'dynamic' },
  { key: 'mapping.field_name_length.limit', value: '1000', other: '500', class: 'dynamic' },
  { key: 'routing.allocation.enable', value: 'all', other: 'primaries', class: 'dynamic' },
  { key: 'routing.rebalance.enable', value: 'all', other: 'none', class: 'dynamic' },
  { key: 'routing.allocation.total_shards_per_node', value: '-1', other: '5', class: 'dynamic' },
  { key: 'routing.allocation.exclude.zone', value: 'a', other: 'b', class: 'dynamic' },
  { key: 'allocation.max_retries', value: '5', other: '6', class: 'dynamic' },
  { key: 'unassigned.node_left.delayed_timeout', value: '1m', other: '5m', class: 'dynamic' },
  { key: 'soft_deletes.retention_lease.period', value: '12h', other: '1d', class: 'dynamic' },
  { key: 'write.wait_for_active_shards', value: '1', other: 'all', class: 'dynamic' },
  { key: 'codec', value: 'default', other: 'best_compression', class: 'reopen' },
  { key: 'load_fixed_bitset_filters_eagerly', value: 'true', other: 'false', class: 'reopen' },
  { key: 'shard.check_on_startup', value: 'false', other: 'checksum', class: 'reopen' },
  { key: 'mapping.coerce', value: 'true', other: 'false', class: 'reopen' },
  { key: 'mapping.ignore_malformed', value: 'false', other: 'true', class: 'reopen' },
  { key: 'queries.cache.enabled', value: 'true', other: 'false', class: 'reopen' },
  { key: 'query_string.lenient', value: 'false', other: 'true', class: 'reopen' },
  { key: 'query.parse.allow_unmapped_fields', value: 'true', other: 'false', class: 'reopen' },
  { key: 'store.type', value: 'niofs', other: 'hybridfs', class: 'reopen' },
  { key: 'store.preload', value: ['nvd'], other: ['nvd', 'dvd'], class: 'reopen' },
  { key: 'store.stats_refresh_interval', value: '10s', other: '20s', class: 'reopen' },
  {
    key: 'analysis.analyzer.own.filter',
    value: ['lowercase'],
    other: ['lowercase', 'stop'],
    class: 'reopen',
    beside: { 'analysis.analyzer.own.type': 'custom', 'analysis.analyzer.own.tokenizer': 'standard' }
  },
  { key: 'similarity.own.b', value: '0.75', other: '0.5', class: 'reopen', beside: { 'similarity.own.type': 'BM25' } },
  { key: 'number_of_shards', value: '1', other: '2', class: 'final' },
  { key: 'soft_deletes.enabled', value: 'true', other: 'false', class: 'final' },
  { key: 'format', value: '0', other: '1', class: 'final' },
  { key: 'uuid', value: 'AAAAAAAAAAAAAAAAAAAAAA', other: 'BAAAAAAAAAAAAAAAAAAAAA', class: 'server' },
  { key: 'creation_date', value: '1700000000000', other: '1700000000001', class: 'server' },
  { key: 'provided_name', value: 'one', other: 'two', class: 'server' },
  { key: 'version.created', value: '8000099', other: '8000098', class: 'server' },
  { key: 'verified_before_close', value: 'true', other: 'false', class: 'server' },
  { key: 'resize.source.name', value: 'one', other: 'two', class: 'server' },
  { key: 'history.uuid', value: 'one', other: 'two', class: 'server' },
  { key: 'routing.allocation.initial_recovery._id', value: 'one', other: 'two', class: 'server' },
  { key: 'allocation.existing_shards_allocator', value: 'gateway_allocator', other: 'other', class: 'server' }
]

/** Settings only Elasticsearch has. */
export const elasticsearchExamples: readonly SettingExample[] = [
  {
    key: 'routing.allocation.include._tier_preference',
    value: 'data_content',
    other: 'data_hot,data_content',
    class: 'dynamic'
  },
  { key: 'lifecycle.origination_date', value: '-1', other: '1700000000000', class: 'dynamic' },
  { key: 'lifecycle.prefer_ilm', value: 'true', other: 'false', class: 'dynamic' },
  { key: 'mapping.total_fields.ignore_dynamic_beyond_limit', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'mapping.dimension_fields.limit', value: '100', other: '50', class: 'dynamic' },
  { key: 'search.slowlog.include.user', value: 'false', other: 'true', class: 'dynamic' },
  { key: 'mapping.ignore_above', value: '1000', other: '2000', class: 'reopen' },
  { key: 'mapping.synthetic_source_keep', value: 'none', other: 'arrays', class: 'reopen' },
  { key: 'routing_partition_size', value: '1', other: '2', class: 'final', beside: { number_of_shards: '3' } },
  { key: 'mapping.source.mode', value: 'stored', other: 'disabled', class: 'final' },
  { key: 'mode', value: 'standard', other: 'lookup', class: 'final' },
  { key: 'fast_refresh', value: 'false', other: 'true', class: 'final' },
  { key: 'shard_limit.group', value: 'normal', other: 'frozen', class: 'server' },
  { key: 'downsample.source.name', value: 'one', other: 'two', class: 'server' }
]
