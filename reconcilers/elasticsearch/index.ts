/**
 * The Elasticsearch reconciler: indices and what belongs to them, on Elasticsearch and OpenSearch.
 * @module
 */
import type { Plugin, Service } from '../../src/plugin.ts'
import { bodyResource } from './body/resource.ts'
import { componentTemplateKind, componentTemplates } from './component-template/kind.ts'
import { indexTemplateKind, indexTemplates } from './index-template/kind.ts'
import { ingestPipelineKind, ingestPipelines } from './ingest-pipeline/kind.ts'
import { lifecyclePolicies, lifecyclePolicyKind } from './lifecycle-policy/kind.ts'
import { aliasKind, aliasResource } from './alias/index.ts'
import { clusterKind, clusterResource } from './cluster/index.ts'
import { readConnectionSettings } from './connection/settings.ts'
import { dataStreamKind, dataStreamResource } from './data-stream/index.ts'
import { indexKind, indexResource } from './index/index.ts'
import { ClientLink } from './connection/client-link.ts'
import type { Link } from './connection/link.ts'
import { Readings } from './readings.ts'

const name = 'elasticsearch'

/** The plugin the command line loads for `elasticsearch`. */
export const plugin: Plugin = {
  name,
  kinds: [
    lifecyclePolicyKind,
    ingestPipelineKind,
    componentTemplateKind,
    indexTemplateKind,
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
      ...[lifecyclePolicies, ingestPipelines, componentTemplates, indexTemplates].map((row) =>
        bodyResource(row, link, readings, owner)
      ),
      indexResource(link, readings, owner),
      dataStreamResource(link, readings),
      aliasResource(link, readings),
      clusterResource(link, readings)
    ],
    identity: (cycle) => readings.clusterId(cycle),
    close: () => link.close()
  }
}
