/**
 * How the process of one Elasticsearch or OpenSearch node is started.
 * @module
 */
import { join } from 'node:path'
import { commonSettings, settingsYaml, type Directories, type NodeConfig } from './elasticsearch-config.ts'
import type { Installed } from './elasticsearch-distribution.ts'
import { ask, type Access } from './http.ts'
import { startNode, type NodeCommand, type NodeProcess } from './node.ts'
import type { ServerOptions } from './process.ts'

/** What a distribution is started by. */
export type ElasticsearchCommand = Pick<NodeCommand, 'command' | 'args' | 'cwd' | 'env'>

const smallLauncher = ['-Xms4m', '-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']

function launcherArguments(launcher: Installed['launcher'], home: string, directories: Directories): string[] {
  if (launcher === 'server-launcher') {
    return ['-cp', join(home, 'lib/tools/server-launcher/*'), 'org.elasticsearch.server.launcher.ServerLauncher']
  }
  const properties = {
    'cli.name': 'server',
    'cli.libs': 'lib/tools/server-cli',
    'es.path.home': home,
    'es.path.conf': directories.config,
    'es.distribution.type': 'zip',
    'es.java.type': 'ES_JAVA_HOME'
  }
  const classPath = `${join(home, 'lib/*')}:${join(home, 'lib/cli-launcher/*')}`
  return [
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    '-cp',
    classPath,
    'org.elasticsearch.launcher.CliToolLauncher'
  ]
}

/** What bin/elasticsearch does: SonarQube's copies come without it. */
export function installedCommand(
  { launcher }: Installed,
  home: string,
  java: string,
  directories: Directories
): ElasticsearchCommand {
  const command = join(java, 'bin', 'java')
  const args = [
    ...smallLauncher,
    `-Djava.io.tmpdir=${directories.temporary}`,
    ...launcherArguments(launcher, home, directories)
  ]
  const env = {
    JAVA: command,
    JAVA_TYPE: 'ES_JAVA_HOME',
    ES_JAVA_HOME: java,
    ES_HOME: home,
    ES_PATH_CONF: directories.config,
    ES_TMPDIR: directories.temporary,
    ES_DISTRIBUTION_TYPE: 'zip',
    CLI_JAVA_OPTS: smallLauncher.join(' '),
    // Whatever the shell of this process has set for a server of its own.
    ES_JAVA_OPTS: '',
    JAVA_TOOL_OPTIONS: ''
  }
  return { command, args, cwd: home, env }
}

/** Ports the runner of OpenSearch takes: it refuses those above 9299, and real servers begin at 9200. */
export const openSearchPorts = { first: 7_000, last: 9_200 } as const

/** The contents of opensearch.yml; names, roles, paths and the port are arguments, which win. */
export function openSearchYaml(config: Pick<NodeConfig, 'ports' | 'settings'>): string {
  return settingsYaml(commonSettings(config))
}

/** A node in the runner's own process. */
export function embeddedCommand(
  jars: string,
  java: string,
  { directories, ports, heap }: NodeConfig
): ElasticsearchCommand {
  const jvm = [`-Xms${heap}`, `-Xmx${heap}`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
  const modules = ['--add-modules=jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED']
  const places = {
    '-basePath': directories.temporary,
    '-confPath': directories.config,
    '-dataPath': directories.data,
    '-logsPath': directories.logs,
    '-clusterName': `infometis-${ports.http}`,
    '-numOfNode': '1',
    // The first node gets the next one.
    '-baseHttpPort': String(ports.http - 1)
  }
  const main = ['-cp', join(jars, '*'), 'org.codelibs.opensearch.runner.OpenSearchRunner', '-printOnFailure']
  const args = [
    ...jvm,
    `-Djava.io.tmpdir=${directories.temporary}`,
    ...modules,
    ...main,
    ...Object.entries(places).flat()
  ]
  return { command: join(java, 'bin', 'java'), args, cwd: directories.temporary, env: { JAVA_TOOL_OPTIONS: '' } }
}

async function hasPrimaries(access: Access): Promise<boolean> {
  const { status } = await ask(access, { path: '/_cluster/health?wait_for_status=yellow&timeout=1s', timeoutMs: 5_000 })
  return status === 200
}

/** Starts a node; resolves when it answers and has all its primaries, as after every restart. Throws with the end of its log. */
export function startElasticsearchNode(
  name: string,
  how: ElasticsearchCommand,
  where: Pick<ServerOptions, 'log' | 'user'>,
  access: Access
): Promise<NodeProcess> {
  // A cold, busy machine needs 90 s.
  return startNode({ name, ...how, ...where, timeoutMs: 180_000 }, () => hasPrimaries(access))
}
