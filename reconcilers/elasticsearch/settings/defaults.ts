/**
 * What a setting means while nobody sets it.
 * @module
 */
import type { SettingMap } from './flatten.ts'

/**
 * Defaults that Elasticsearch 8.19, 9.4 and 9.5 have in common, and OpenSearch 3.8 where it has the setting, as
 * `include_defaults` prints them (a live test holds the table to it). Not here, because setting the default is not the
 * same as setting nothing:
 *
 * - `refresh_interval`: an index that does not set it refreshes only while somebody searches;
 * - `mapping.coerce`: printed as false, and true until somebody sets it;
 * - `routing.allocation.enable`, `routing.rebalance.enable`: without them the setting of the cluster counts, and on
 *   OpenSearch
 *   the same for concurrent search, merge policies and the remote store;
 * - what depends on the number of processors, the disk, or the version that made the index.
 */
const defaults: ReadonlyMap<string, string> = new Map([
  ['allocation.max_retries', '5'],
  ['analyze.max_token_count', '10000'],
  ['auto_expand_replicas', 'false'],
  ['blocks.metadata', 'false'],
  ['blocks.read', 'false'],
  ['blocks.read_only', 'false'],
  ['blocks.read_only_allow_delete', 'false'],
  ['blocks.write', 'false'],
  ['bloom_filter_for_id_field.enabled', 'true'],
  ['codec', 'default'],
  ['default_pipeline', '_none'],
  ['fast_refresh', 'false'],
  ['fielddata.cache', 'node'],
  ['final_pipeline', '_none'],
  ['flush_after_merge', '512mb'],
  ['force_memory_term_dictionary', 'false'],
  ['format', '0'],
  ['gc_deletes', '60s'],
  ['hidden', 'false'],
  ['highlight.max_analyzed_offset', '1000000'],
  ['highlight.weight_matches_mode.enabled', 'true'],
  ['indexing.slowlog.include.user', 'false'],
  ['indexing.slowlog.reformat', 'true'],
  ['indexing.slowlog.source', '1000'],
  ['lifecycle.origination_date', '-1'],
  ['lifecycle.parse_origination_date', 'false'],
  ['lifecycle.prefer_ilm', 'true'],
  ['load_fixed_bitset_filters_eagerly', 'true'],
  ['logsdb.route_on_sort_fields', 'false'],
  ['mapping.depth.limit', '20'],
  ['mapping.dimension_fields.limit', '32768'],
  ['mapping.ignore_above', '2147483647'],
  ['mapping.ignore_malformed', 'false'],
  ['mapping.nested_objects.limit', '10000'],
  ['mapping.semantic_text.use_legacy_format', 'false'],
  ['mapping.source.mode', 'stored'],
  ['mapping.synthetic_source.skip_ignored_source_read', 'false'],
  ['mapping.synthetic_source.skip_ignored_source_write', 'false'],
  ['mapping.synthetic_source_keep', 'none'],
  ['mapping.total_fields.ignore_dynamic_beyond_limit', 'false'],
  ['mapping.total_fields.limit', '1000'],
  ['max_adjacency_matrix_filters', '100'],
  ['max_docvalue_fields_search', '100'],
  ['max_inner_result_window', '100'],
  ['max_ngram_diff', '1'],
  ['max_refresh_listeners', '1000'],
  ['max_regex_length', '1000'],
  ['max_rescore_window', '10000'],
  ['max_result_window', '10000'],
  ['max_script_fields', '32'],
  ['max_shingle_diff', '3'],
  ['max_slices_per_scroll', '1024'],
  ['max_terms_count', '65536'],
  ['merge.policy.deletes_pct_allowed', '20.0'],
  ['merge.policy.expunge_deletes_allowed', '10.0'],
  ['merge.policy.max_merge_at_once_explicit', '30'],
  ['merge.policy.merge_factor', '32'],
  ['merge.scheduler.auto_throttle', 'true'],
  ['mode', 'standard'],
  ['number_of_replicas', '1'],
  ['number_of_shards', '1'],
  ['priority', '1'],
  ['queries.cache.enabled', 'true'],
  ['query.default_field', '*'],
  ['query.parse.allow_unmapped_fields', 'true'],
  ['query_string.lenient', 'false'],
  ['recovery.use_synthetic_source', 'false'],
  ['requests.cache.enable', 'true'],
  ['routing.allocation.total_shards_per_node', '-1'],
  ['routing_partition_size', '1'],
  ['search.idle.after', '30s'],
  ['search.slowlog.include.user', 'false'],
  ['shard.check_on_startup', 'false'],
  ['soft_deletes.enabled', 'true'],
  ['soft_deletes.retention.operations', '0'],
  ['soft_deletes.retention_lease.period', '12h'],
  ['store.fs.fs_lock', 'native'],
  ['store.stats_refresh_interval', '10s'],
  ['time_series.es87tsdb_codec.enabled', 'true'],
  ['translog.durability', 'request'],
  ['translog.flush_threshold_age', '1m'],
  ['translog.generation_threshold_size', '64mb'],
  ['translog.sync_interval', '5s'],
  ['unassigned.node_left.delayed_timeout', '1m'],
  ['warmer.enabled', 'true'],
  ['write.wait_for_active_shards', '1']
])

/** Of OpenSearch 3.8 alone, those that cannot change in place: any other one is written once where it is declared. */
const openSearchDefaults: ReadonlyMap<string, string> = new Map([
  ['append_only.enabled', 'false'],
  ['check_pending_flush.enabled', 'true'],
  ['codec.compression_level', '3'],
  ['composite_index', 'false'],
  ['composite_index.star_tree.default.max_leaf_docs', '10000'],
  ['composite_index.star_tree.field.max_base_metrics', '100'],
  ['composite_index.star_tree.field.max_date_intervals', '3'],
  ['composite_index.star_tree.field.max_dimensions', '10'],
  ['composite_index.star_tree.max_fields', '1'],
  ['composite_store.type', 'default'],
  ['context_aware.enabled', 'false'],
  ['derived_source.enabled', 'false'],
  ['ingestion_source.all_active', 'false'],
  ['ingestion_source.internal_queue_size', '100'],
  ['ingestion_source.mapper_type', 'default'],
  ['ingestion_source.num_processor_threads', '1'],
  ['ingestion_source.pointer.init.reset', 'LATEST'],
  ['ingestion_source.pointer_based_lag_update_interval', '10s'],
  ['ingestion_source.type', 'none'],
  ['number_of_virtual_shards', '-1'],
  ['percolator.map_unmapped_fields_as_text', 'false'],
  ['pluggable.dataformat.enabled', 'false'],
  ['store.data_locality', 'full'],
  ['translog.read_forward', 'false'],
  ['use_compound_file', 'true'],
  ['warm', 'false']
])

/** The default of a setting by its key without `index.`; undefined when that is not sure. */
export type Defaults = (key: string) => string | undefined

/** What the server does in an ordinary index when a setting is not set. Pure. */
export const defaultOf: Defaults = (key) =>
  defaults.get(key) ??
  openSearchDefaults.get(key) ??
  (key.includes('.slowlog.threshold.') && !key.startsWith('tiered.') ? '-1' : undefined)

/** Keys whose default is in the table. */
export const knownDefaults: readonly string[] = [...defaults.keys(), ...openSearchDefaults.keys()]

const none: Defaults = () => undefined

/**
 * The defaults of an index with these settings: `mode` brings others of its own (codec, source, sorting), which are not
 * known. Pure.
 */
export function defaultsOf(...settings: readonly SettingMap[]): Defaults {
  const mode = settings
    .map((map) => map.get('mode') ?? 'standard')
    .find((value) => String(value).toLowerCase() !== 'standard')
  return mode === undefined ? defaultOf : none
}
