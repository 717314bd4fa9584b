/**
 * Scenes on real Elasticsearch and OpenSearch servers: a given one, shared nodes, and nodes of a test's own.
 * @module
 */
import type { Json } from '../../../src/contract.ts'
import {
  missingElasticsearchPrerequisites,
  startElasticsearch,
  type Access,
  type ElasticsearchNode,
  type ElasticsearchOptions,
  type ElasticsearchVersion
} from '../../servers/elasticsearch.ts'
import type { Variables } from '../command-line.ts'
import { Scene as CommonScene, temporaryDirectory } from '../scene.ts'
import { skipLoudly } from '../skip.ts'
import { elasticsearchDocuments } from './documents.ts'
import { Hand } from './hand.ts'

export { elasticsearchVersions, type Access, type ElasticsearchNode, type ElasticsearchVersion } from '../../servers/elasticsearch.ts'
export { infometis, type Ended, type LogRecord, type Sidecar } from '../command-line.ts'
export { entriesOf } from '../documents.ts'
export { eventually } from '../eventually.ts'
export { temporaryDirectory } from '../scene.ts'
export { Hand, type LiveIndex } from './hand.ts'

const mainVersion = '9.4.3'
const notOurs = 'needs control over its node, and ELASTICSEARCH_URL names one of somebody else'

/** The server of `ELASTICSEARCH_URL` and its companions, as the reconciler's own variables name it. */
function givenServer(variables: NodeJS.ProcessEnv): Access | undefined {
  const { ELASTICSEARCH_URL: url, ELASTICSEARCH_USERNAME: username, ELASTICSEARCH_PASSWORD: password } = variables
  const { ELASTICSEARCH_API_KEY: apiKey, ELASTICSEARCH_CA_FILE: caFile } = variables
  if (url === undefined) return undefined
  return {
    url,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(apiKey !== undefined && { apiKey }),
    ...(caFile !== undefined && { caFile })
  }
}

const external = givenServer(process.env)

/** The variables by which the command line reaches a server. */
export function variablesFor({ url, username, password, apiKey, caFile }: Access): Variables {
  return {
    ELASTICSEARCH_URL: url,
    ...(username !== undefined && { ELASTICSEARCH_USERNAME: username }),
    ...(password !== undefined && { ELASTICSEARCH_PASSWORD: password }),
    ...(apiKey !== undefined && { ELASTICSEARCH_API_KEY: apiKey }),
    ...(caFile !== undefined && { ELASTICSEARCH_CA_FILE: caFile })
  }
}

async function skipUnlessOurs(context: Mocha.Context, options: ElasticsearchOptions): Promise<void> {
  // The first start on a machine downloads up to 900 MB.
  context.timeout(900_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  const missing = await missingElasticsearchPrerequisites(options)
  if (missing !== undefined) skipLoudly(context, `no real Elasticsearch here: ${missing}`)
}

/** A node of the test's own, which stops it; skipped when it cannot be had or another server was given. */
export async function nodeOrSkip(context: Mocha.Context, options: ElasticsearchOptions = {}): Promise<ElasticsearchNode> {
  await skipUnlessOurs(context, options)
  return startElasticsearch(options)
}

const shared = new Map<ElasticsearchVersion, Promise<ElasticsearchNode>>()

/**
 * The node of a version that all scenarios share, started at the first call, for tests that pause it or change what
 * holds for the whole of it, and put that right again. Skipped as `nodeOrSkip` is.
 */
export async function sharedNodeOrSkip(context: Mocha.Context, version: ElasticsearchVersion = mainVersion): Promise<ElasticsearchNode> {
  await skipUnlessOurs(context, { version })
  const node = shared.get(version) ?? startElasticsearch({ version })
  shared.set(version, node)
  return node
}

/**
 * The given server, or the shared node: for tests that need no more than names of their own. The given one stands in
 * for the main version; tests of other versions are skipped then.
 */
export async function serverOrSkip(context: Mocha.Context, version: ElasticsearchVersion = mainVersion): Promise<Access> {
  if (external !== undefined && version === mainVersion) return external
  return sharedNodeOrSkip(context, version)
}

const scenes: Scene[] = []

after(async function () {
  this.timeout(60_000)
  for (const scene of scenes) await scene.clear()
  for (const started of shared.values()) await (await started.catch(() => undefined))?.stop()
})

type Items = Readonly<Record<string, Json>>

/** File name without its ending → items by short name, and policy.yaml. */
export interface Declared {
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
  readonly policy?: Readonly<Record<string, unknown>>
}

/** A scene with a hand of its own. */
export class Scene extends CommonScene {
  readonly hand: Hand
  readonly #isOwn: boolean

  constructor(dir: string, server: Access) {
    super({ service: 'elasticsearch', dir, env: variablesFor(server), documents: elasticsearchDocuments })
    this.hand = new Hand(server)
    this.#isOwn = server !== external
  }

  /** `elasticsearch/<kind>/<full name>`, the kind `index` unless told otherwise. */
  key(short: string, kind = 'index'): string {
    return `elasticsearch/${kind}/${this.name(short)}`
  }

  /** The same items by their full names. */
  named<T>(items: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
    return Object.fromEntries(Object.entries(items).map(([short, item]) => [this.name(short), item]))
  }

  /** Writes `<file>.json` of each key, and policy.yaml. Names inside bodies are written in full, with `name()`. */
  async declare({ policy, cluster, aliases, ...files }: Declared): Promise<void> {
    const members = aliases && Object.entries(aliases).map(([alias, indices]) => [alias, indices && this.named(indices)])
    const contents = {
      ...Object.fromEntries(Object.entries(files).map(([file, items]: [string, Items]) => [file, this.named(items)])),
      ...(members && { aliases: this.named(Object.fromEntries(members)) }),
      ...(cluster && { cluster })
    }
    const texts = Object.entries(contents).map(([file, content]) => [`${file}.json`, JSON.stringify(content, null, 2)])
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
  scenes.push(scene)
  return scene
}
