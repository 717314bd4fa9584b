/**
 * The configuration directory of a small NiFi.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { propertiesText } from './kafka-config.ts'
import type { NifiVersion } from './nifi-artifacts.ts'
import { accessFiles, accessProperties, type NifiSecurity } from './nifi-security.ts'

type Properties = Readonly<Record<string, string>>

/** Everything a configuration is made of. */
export interface NifiConfig {
  readonly version: NifiVersion
  readonly security: NifiSecurity
  readonly port: number
  /** Win over everything. */
  readonly settings: Properties
}

const small: Properties = {
  'nifi.flow.configuration.archive.enabled': 'false',
  'nifi.flow.configuration.archive.dir': './conf/archive/',
  'nifi.flowcontroller.autoResumeState': 'true',
  'nifi.flowcontroller.graceful.shutdown.period': '5 sec',
  // Beside the half second in which NiFi looks anyway.
  'nifi.flowservice.writedelay.interval': '100 ms',
  'nifi.administrative.yield.duration': '1 sec',
  'nifi.bored.yield.duration': '10 millis',
  'nifi.queue.backpressure.count': '10000',
  'nifi.queue.backpressure.size': '1 GB',
  'nifi.authorizer.configuration.file': './conf/authorizers.xml',
  'nifi.login.identity.provider.configuration.file': './conf/login-identity-providers.xml',
  'nifi.nar.library.directory': './lib',
  'nifi.nar.library.autoload.directory': './extensions',
  'nifi.nar.working.directory': './work/nar/',
  'nifi.documentation.working.directory': './work/docs/components',
  'nifi.nar.unpack.uber.jar': 'false',
  'nifi.state.management.configuration.file': './conf/state-management.xml',
  'nifi.state.management.provider.local': 'local-provider',
  'nifi.state.management.embedded.zookeeper.start': 'false',
  'nifi.database.directory': './database_repository',
  'nifi.flowfile.repository.implementation': 'org.apache.nifi.controller.repository.WriteAheadFlowFileRepository',
  'nifi.flowfile.repository.directory': './flowfile_repository',
  'nifi.flowfile.repository.checkpoint.interval': '20 secs',
  'nifi.flowfile.repository.always.sync': 'false',
  'nifi.swap.manager.implementation': 'org.apache.nifi.controller.FileSystemSwapManager',
  'nifi.queue.swap.threshold': '20000',
  'nifi.content.repository.implementation': 'org.apache.nifi.controller.repository.FileSystemRepository',
  'nifi.content.claim.max.appendable.size': '50 KB',
  'nifi.content.repository.directory.default': './content_repository',
  'nifi.content.repository.archive.enabled': 'false',
  'nifi.provenance.repository.implementation': 'org.apache.nifi.provenance.VolatileProvenanceRepository',
  'nifi.provenance.repository.buffer.size': '1000',
  'nifi.components.status.repository.implementation':
    'org.apache.nifi.controller.status.history.VolatileComponentStatusRepository',
  'nifi.components.status.repository.buffer.size': '60',
  'nifi.components.status.snapshot.frequency': '1 min',
  'nifi.remote.input.host': '127.0.0.1',
  'nifi.remote.input.http.enabled': 'true',
  'nifi.web.jetty.working.directory': './work/jetty',
  'nifi.web.jetty.threads': '50',
  'nifi.web.max.header.size': '16 KB',
  'nifi.web.request.timeout': '60 secs',
  'nifi.sensitive.props.key': 'only-for-tests-0123456789',
  'nifi.sensitive.props.algorithm': 'NIFI_PBKDF2_AES_GCM_256',
  'nifi.cluster.is.node': 'false',
  'nifi.cluster.protocol.is.secure': 'false'
}

const flowFiles: Readonly<Record<NifiVersion, Properties>> = {
  '2.3.0': { 'nifi.flow.configuration.file': './conf/flow.json.gz' },
  '1.18.0': {
    'nifi.flow.configuration.file': './conf/flow.xml.gz',
    'nifi.flow.configuration.json.file': './conf/flow.json.gz',
    'nifi.templates.directory': './conf/templates',
    'nifi.variable.registry.properties': ''
  }
}

const files = {
  'bootstrap.conf': '',
  'state-management.xml': `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<stateManagement>
  <local-provider>
    <id>local-provider</id>
    <class>org.apache.nifi.controller.state.providers.local.WriteAheadLocalStateProvider</class>
    <property name="Directory">./state/local</property>
    <property name="Always Sync">false</property>
    <property name="Partitions">4</property>
    <property name="Checkpoint Interval">2 mins</property>
  </local-provider>
</stateManagement>
`,
  'logback.xml': `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%date %level [%thread] %logger{40} %msg%n</pattern></encoder></appender>
  <logger name="org.apache.nifi" level="INFO"/>
  <logger name="org.apache.nifi.processors" level="WARN"/>
  <logger name="org.apache.nifi.web.security.NiFiAuthenticationFilter" level="WARN"/>
  <logger name="org.apache.nifi.documentation" level="ERROR"/>
  <logger name="org.eclipse.jetty.annotations" level="ERROR"/>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
`
} as const

/** Writes `conf` below the home of a server. */
export async function writeNifiConfig(home: string, config: NifiConfig): Promise<void> {
  const directory = join(home, 'conf')
  await mkdir(directory, { recursive: true })
  const properties = {
    ...small,
    ...flowFiles[config.version],
    ...accessProperties(config.security, config.port),
    ...config.settings
  }
  const texts = { ...files, ...accessFiles(config.security), 'nifi.properties': propertiesText(properties) }
  await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(directory, name), text)))
}
