/**
 * Scenes on real Elasticsearch and OpenSearch servers: a given one, shared nodes, and nodes of a test's own.
 * @module
 */
import { tmpdir } from 'node:os'
import type { Json } from '../../../src/records.ts'
import {
  missingElasticsearchPrerequisites,
  startElasticsearch,
  type Access,
  type ElasticsearchNode,
  type ElasticsearchOptions,
  type ElasticsearchVersion
} from '../../servers/elasticsearch.ts'
import { openNodes } from '../nodes.ts'
import { Scene as CommonScene, temporaryDirectory } from '../scene.ts'
import { elasticsearchDocuments } from './documents.ts'
import { Hand } from './hand.ts'

export {
  elasticsearchVersions,
  type Access,
  type ElasticsearchNode,
  type ElasticsearchVersion
} from '../../servers/elasticsearch.ts'
export { infometis, type Ended, type LogRecord, type Sidecar } from '../command-line.ts'
export { entriesOf } from '../documents.ts'
export { eventually } from '../eventually.ts'
export { temporaryDirectory } from '../scene.ts'
export { Hand, type LiveIndex } from './hand.ts'

const setup = {
  name: 'Elasticsearch',
  variables: {
    url: 'ELASTICSEARCH_URL',
    username: 'ELASTICSEARCH_USERNAME',
    password: 'ELASTICSEARCH_PASSWORD',
    apiKey: 'ELASTICSEARCH_API_KEY',
    caFile: 'ELASTICSEARCH_CA_FILE'
  },
  mainVersion: '9.4.3',
  missing: missingElasticsearchPrerequisites,
  start: startElasticsearch
} as const

/** OpenSearch mounts snapshots on nodes of this role only, and those need a cache. */
const warm = { 'node.roles': 'cluster_manager,data,ingest,warm', 'node.search.cache.size': '50mb' } as const

const nodes = openNodes<ElasticsearchVersion, ElasticsearchOptions, ElasticsearchNode>({
  ...setup,
  ofVersion: (version) => ({
    version,
    settings: { 'path.repo': tmpdir(), ...(version.startsWith('opensearch') && warm) }
  })
})

const secured = openNodes<ElasticsearchVersion, ElasticsearchOptions, ElasticsearchNode>({
  ...setup,
  ofVersion: (version) => ({ version, secure: true, settings: { 'http.max_content_length': '1mb' } })
})

export const { variablesFor, nodeOrSkip, sharedNodeOrSkip, serverOrSkip } = nodes

/**
 * The shared node that asks who we are, over https, and takes no request of more than 1 MB. Its super user is the
 * access.
 */
export const securedNodeOrSkip = secured.sharedNodeOrSkip

type Items = Readonly<Record<string, Json>>

/** File name without its ending → items by short name. */
export interface DeclaredFiles {
  readonly 'component-templates'?: Items
  readonly 'index-templates'?: Items
  readonly 'lifecycle-policies'?: Items
  readonly 'ingest-pipelines'?: Items
  readonly indices?: Items
  /** The members are short names too. */
  readonly aliases?: Readonly<Record<string, Items | null>>
  readonly 'data-streams'?: Items
  /** As it is: settings have no names of ours. */
  readonly cluster?: Items
}

/** Files, and policy.yaml. */
export interface Declared extends DeclaredFiles {
  readonly policy?: Readonly<Record<string, unknown>>
}

/** A scene with a hand of its own. */
export class Scene extends CommonScene {
  readonly hand: Hand
  readonly #isOwn: boolean

  constructor(dir: string, server: Access) {
    super({ service: 'elasticsearch', dir, env: variablesFor(server), documents: elasticsearchDocuments })
    this.hand = new Hand(server)
    this.#isOwn = server !== nodes.given
  }

  /** `elasticsearch/<kind>/<full name>`, the kind `index` unless told otherwise. */
  key(short: string, kind = 'index'): string {
    return `elasticsearch/${kind}/${this.name(short)}`
  }

  /**
   * The files by their names without ending, items by full name. Names inside bodies are written in full, with
   * `name()`.
   */
  filesOf({ cluster, aliases, ...files }: DeclaredFiles): Readonly<Record<string, Json>> {
    const members =
      aliases && Object.entries(aliases).map(([alias, indices]) => [alias, indices && this.named(indices)])
    return {
      ...Object.fromEntries(Object.entries(files).map(([file, items]: [string, Items]) => [file, this.named(items)])),
      ...(members && { aliases: this.named(Object.fromEntries(members)) }),
      ...(cluster && { cluster })
    }
  }

  /** Writes `<file>.json` of each key, and policy.yaml. */
  async declare({ policy, ...declared }: Declared): Promise<void> {
    const texts = Object.entries(this.filesOf(declared)).map(([file, content]) => [
      `${file}.json`,
      JSON.stringify(content, null, 2)
    ])
    await this.write({ ...Object.fromEntries(texts), 'policy.yaml': this.policyYaml(policy) })
  }

  /** Removes what this scene created from a server that lives on. */
  async clear(): Promise<void> {
    if (!this.#isOwn) await this.hand.clear(this.prefix)
  }
}

/** A new scene on a server. */
export async function openScene(server: Access): Promise<Scene> {
  const scene = new Scene(await temporaryDirectory(), server)
  nodes.clearAtEnd(scene)
  return scene
}
