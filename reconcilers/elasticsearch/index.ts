/**
 * The Elasticsearch reconciler: indices and what belongs to them, on Elasticsearch and OpenSearch.
 * @module
 */
import type { Plugin, Service } from '../../src/contract.ts'
import { readConnectionSettings } from './connection.ts'
import { indexKind, indexResource } from './index/index.ts'
import { ClientLink, type Link } from './link.ts'
import { Readings } from './readings.ts'

const name = 'elasticsearch'

/** The plugin the command line loads for `elasticsearch`. */
export const plugin: Plugin = {
  name,
  kinds: [indexKind],
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
    resources: [indexResource(link, readings, owner)],
    identity: (signal) => readings.clusterId(signal),
    close: () => link.close()
  }
}
