/**
 * What Elasticsearch and its stack make themselves, so that it is never taken for somebody's orphan.
 *
 * Names from the resources of the registries of Elasticsearch 8 and 9: x-pack/plugin/core/template-resources (stack,
 * ILM, SLM and watcher history, fleet, profiling, ent-search, ai-index), x-pack/plugin/apm-data and otel-data.
 * @module
 */
import { type Json, matchesAny } from '../../src/plugin.ts'
import { isBody } from './body.ts'
import { fieldOf } from './body/compare.ts'

/** Kinds whose items are one body each. */
export type BodyKindName = 'component-template' | 'index-template' | 'lifecycle-policy' | 'ingest-pipeline'

/** `<name>@custom` is missing on purpose: that is where the stack asks its users to put what is theirs. */
const stackParts = [
  '*@mappings',
  '*@settings',
  '*@template',
  '*@lifecycle',
  '*@ilm',
  '*@tsdb-settings',
  '*@package',
  '*@default-pipeline',
  '*@pipeline',
  '*@json-pipeline',
  '*@json-message'
]

/** Names nobody else would use. They are protected: a declaration of one waits. */
const reserved: Readonly<Record<BodyKindName, readonly string[]>> = {
  'component-template': [
    ...stackParts,
    'ecs@*',
    'data-streams-mappings',
    'ecs-dynamic-mappings',
    'profiling-*',
    'behavioral_analytics-*',
    'elastic-connectors*',
    'ai-index*',
    'search-acl-filter'
  ],
  'index-template': [
    ...stackParts,
    'ilm-history*',
    'slm-history*',
    'watch-history*',
    'apm-source-map',
    'profiling-*',
    'kibana-reporting',
    'behavioral_analytics-*',
    'elastic-connectors*',
    'ent-search-*',
    'ai-index*'
  ],
  'lifecycle-policy': [
    ...stackParts,
    '7-days-default',
    '30-days-default',
    '90-days-default',
    '180-days-default',
    '365-days-default',
    'ilm-history-ilm-policy',
    'slm-history-ilm-policy',
    'watch-history-ilm-policy*',
    'ml-size-based-ilm-policy',
    'fleet-*-ilm-policy',
    'profiling-60-days',
    'behavioral_analytics-events-default_policy',
    '*-apm.*-default_policy'
  ],
  'ingest-pipeline': [
    ...stackParts,
    'ent-search-generic-ingestion',
    'search-default-ingestion',
    'behavioral_analytics-events-final_pipeline',
    'xpack_monitoring_*',
    'logs-default-pipeline'
  ]
}

/** Names the stack uses and people do too. They are no orphans, and not protected either. */
const shared: Readonly<Record<BodyKindName, readonly string[]>> = {
  'component-template': [
    'logs-mappings',
    'logs-settings',
    'metrics-mappings',
    'metrics-settings',
    'metrics-tsdb-settings',
    'synthetics-mappings',
    'synthetics-settings'
  ],
  'index-template': [
    'logs',
    'metrics',
    'synthetics',
    'agentless',
    'traces',
    'traces-apm*',
    'logs-apm*',
    'metrics-apm*',
    'search-acl-filter'
  ],
  'lifecycle-policy': ['logs', 'metrics', 'synthetics', 'traces', 'kibana-reporting'],
  'ingest-pipeline': []
}

/** Glob patterns of names that are never touched and never orphans. */
export function protectedPatterns(kind: BodyKindName): readonly string[] {
  return ['.*', ...reserved[kind]]
}

/** Made once: an answer holds hundreds of names. */
const matchers: Readonly<Record<BodyKindName, (name: string) => boolean>> = {
  'component-template': matcherOf('component-template'),
  'index-template': matcherOf('index-template'),
  'lifecycle-policy': matcherOf('lifecycle-policy'),
  'ingest-pipeline': matcherOf('ingest-pipeline')
}

function matcherOf(kind: BodyKindName): (name: string) => boolean {
  return matchesAny([...protectedPatterns(kind), ...shared[kind]])
}

/** Whether the stack makes an item of this name. */
export function isBuiltInName(kind: BodyKindName, name: string): boolean {
  return matchers[kind](name)
}

/** Whether an item's `_meta` says that software takes care of it. */
export function isManaged(meta: Json | undefined): boolean {
  if (!isBody(meta)) return false
  const by = fieldOf(meta, 'managed_by')
  return fieldOf(meta, 'managed') === true || (typeof by === 'string' && by !== '')
}

/** Why an item can never be an orphan, undefined when it can. */
export function builtInReason(kind: BodyKindName, name: string, meta: Json | undefined): string | undefined {
  if (isManaged(meta)) return 'managed by the software that made it (_meta.managed)'
  return isBuiltInName(kind, name) ? 'made by Elasticsearch itself' : undefined
}
