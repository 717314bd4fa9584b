/**
 * What a setting means while nobody sets it.
 * @module
 */

/**
 * Defaults that Elasticsearch 8.19.21 and 9.5.3 and OpenSearch 2.19.1 and 3.8.0 have in common, printed from their
 * IndexScopedSettings, and that depend on nothing else. Not here: `refresh_interval`, because an index that sets it to its
 * default refreshes while nobody searches and one that does not set it waits; whatever depends on `mode`, on the number of
 * processors or on the disk.
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
  ['default_pipeline', '_none'],
  ['final_pipeline', '_none'],
  ['gc_deletes', '60s'],
  ['hidden', 'false'],
  ['highlight.max_analyzed_offset', '1000000'],
  ['load_fixed_bitset_filters_eagerly', 'true'],
  ['mapping.depth.limit', '20'],
  ['mapping.nested_fields.limit', '50'],
  ['mapping.nested_objects.limit', '10000'],
  ['mapping.total_fields.limit', '1000'],
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
  ['number_of_replicas', '1'],
  ['number_of_shards', '1'],
  ['priority', '1'],
  ['requests.cache.enable', 'true'],
  ['routing.allocation.enable', 'all'],
  ['routing.allocation.total_shards_per_node', '-1'],
  ['routing.rebalance.enable', 'all'],
  ['routing_partition_size', '1'],
  ['search.idle.after', '30s'],
  ['shard.check_on_startup', 'false'],
  ['translog.durability', 'request'],
  ['translog.sync_interval', '5s'],
  ['unassigned.node_left.delayed_timeout', '1m'],
  ['write.wait_for_active_shards', '1']
])

/** What the server does when a setting, by its key without `index.`, is not set; undefined when that is not sure. Pure. */
export function defaultOf(key: string): string | undefined {
  return defaults.get(key) ?? (key.includes('.slowlog.threshold.') && !key.startsWith('tiered.') ? '-1' : undefined)
}
