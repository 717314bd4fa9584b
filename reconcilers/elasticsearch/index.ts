/**
 * The Elasticsearch reconciler: indices and what belongs to them, on Elasticsearch and OpenSearch.
 * @module
 */
import type { Plugin, Service } from '../../src/plugin.ts'
import { aliasKind, aliasResource } from './alias/index.ts'
import { clusterKind, clusterResource } from './cluster/index.ts'
import { componentTemplateKind, componentTemplateResource } from './component-template/index.ts'
import { readConnectionSettings } from './connection/settings.ts'
import { dataStreamKind, dataStreamResource } from './data-stream/index.ts'
import { indexTemplateKind, indexTemplateResource } from './index-template/index.ts'
import { indexKind, indexResource } from './index/index.ts'
import { ingestPipelineKind, ingestPipelineResource } from './ingest-pipeline/index.ts'
import { lifecyclePolicyKind, lifecyclePolicyResource } from './lifecycle-policy/index.ts'
import { ClientLink } from './connection/client-link.ts'
import type { Link } from './connection/link.ts'
import { Readings } from './readings.ts'

const name = 'elasticsearch'

/** The plugin the command line loads for `elasticsearch`. */
export const plugin: Plugin = {
  name,
  kinds: [
    componentTemplateKind,
    indexTemplateKind,
    lifecyclePolicyKind,
    ingestPipelineKind,
    indexKind,
    dataStreamKind,
    aliasKind,
    clusterKind
  ],
  open: (environment) => {
    const owner = environment.text('INFOMETIS_OWNER') ?? 'infometis'
    return elasticsearchService(new ClientLink(readConnectionSettings(environment)), owner)
  }
}

/** The service behind a connection, which marks what it writes as `owner`'s. */
export function elasticsearchService(link: Link, owner: string): Service {
  const readings = new Readings(link)
  return {
    name,
    // What others are made of comes first: a template before the index it shapes, an index or a data stream before its alias.
    resources: [
      componentTemplateResource(link, readings, owner),
      indexTemplateResource(link, readings, owner),
      lifecyclePolicyResource(link, readings, owner),
      ingestPipelineResource(link, readings, owner),
      indexResource(link, readings, owner),
      dataStreamResource(link, readings),
      aliasResource(link, readings),
      clusterResource(link, readings)
    ],
    identity: (cycle) => readings.clusterId(cycle),
    close: () => link.close()
  }
}
