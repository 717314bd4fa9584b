/**
 * The main job on a real Elasticsearch, step by step: created, changed, repaired, held, orphan reported, bad file refused.
 * @module
 */
import { readConnectionSettings } from '../reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '../reconcilers/elasticsearch/connection/client-link.ts'
import type { Link } from '../reconcilers/elasticsearch/connection/link.ts'
import { bodyOf } from '../reconcilers/elasticsearch/connection/refusal.ts'
import type { Json } from '../src/records.ts'
import { Environment } from '../src/connect/environment.ts'
import { missingElasticsearchPrerequisites, startElasticsearch } from '../test/servers/elasticsearch.ts'
import { isDone, isInSync, isOrphan, isRefused, play, prefixOn, type Scene, type Step } from './play.ts'
import { openServer, type Ways } from './server.ts'

const ways: Ways = {
  what: 'an Elasticsearch',
  variable: 'ELASTICSEARCH_URL',
  container: {
    image: 'elasticsearch:9.4.3',
    port: 9200,
    settings: () => ({
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx512m'
    }),
    address: (port) => `http://127.0.0.1:${port}`,
    isUp: (address) =>
      fetch(address).then(
        ({ ok }) => ok,
        () => false
      )
  },
  java: {
    missing: () => missingElasticsearchPrerequisites({}),
    start: async () => {
      const node = await startElasticsearch({})
      return { name: `Elasticsearch ${node.version}`, address: node.url, stop: () => node.stop() }
    }
  }
}

/** What differs between the versions of the file. */
interface Version {
  readonly refresh: string
  readonly skuType?: string
  readonly withPrice: boolean
}

function indices(prefix: string, { refresh, skuType = 'keyword', withPrice }: Version): string {
  return `{
  "${prefix}-products": {
    "settings": { "number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "${refresh}" },   # edit me and watch
    "mappings": {
      "properties": {${withPrice ? '\n        "price": { "type": "double" },' : ''}
        "sku": { "type": "${skuType}" },
        "name": { "type": "text" }
      }
    }
  }
}
`
}

/** Shows everything once. Every step that did not happen is counted. */
export async function demonstrate(): Promise<Scene> {
  const server = await openServer(ways)
  const prefix = prefixOn(server)
  const variables = { ELASTICSEARCH_URL: server.address }
  const link = new ClientLink(readConnectionSettings(new Environment({ ...process.env, ...variables })))
  return play({
    service: 'elasticsearch',
    server,
    variables,
    prefix,
    file: 'indices.json',
    text: indices(prefix, { refresh: '5s', withPrice: false }),
    steps: (write) => stepsOf(prefix, link, write),
    close: () => link.close()
  })
}

function stepsOf(prefix: string, link: Link, write: (text: string) => Promise<void>): readonly Step[] {
  const [products, forgotten] = [`${prefix}-products`, `${prefix}-forgotten`]
  const key = `elasticsearch/index/${products}`
  const put = async (path: string, body: Json): Promise<void> => {
    bodyOf(await link.ask({ method: 'PUT', path, body }, AbortSignal.timeout(30_000)))
  }
  const changeByHand = (): Promise<void> => put(`/${products}/_settings`, { index: { refresh_interval: '1s' } })
  const isUpdated = isDone('update', key)
  const version = (change: Partial<Version>): string => indices(prefix, { refresh: '30s', withPrice: true, ...change })
  return [
    { title: 'created from indices.json', happened: isDone('create', key), settled: isInSync },
    {
      title: 'a changed setting applied',
      act: () => write(version({ withPrice: false })),
      happened: isUpdated,
      settled: isInSync
    },
    { title: 'a new field added', act: () => write(version({})), happened: isUpdated, settled: isInSync },
    { title: 'changed by hand, repaired', act: changeByHand, happened: isUpdated, settled: isInSync },
    {
      title: 'another type of a field, held',
      act: () => write(version({ skuType: 'text' })),
      happened: (line) =>
        line.key === key && line.result === 'held' && line.message.includes('mappings.properties.sku.type')
    },
    {
      title: 'undeclared, reported',
      act: () => put(`/${forgotten}`, { settings: { number_of_replicas: 0 } }),
      happened: isOrphan(`elasticsearch/index/${forgotten}`)
    },
    { title: 'a bad file refused', act: () => write(version({}).replace('"text" }', '"text" ')), happened: isRefused },
    { title: 'last good kept, still repaired', act: changeByHand, happened: isUpdated },
    { title: 'the file mended, in sync', act: () => write(version({})), happened: isInSync }
  ]
}
