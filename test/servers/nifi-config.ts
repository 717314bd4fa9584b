/**
 * The configuration directory of a small NiFi, and who may log in to it.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { propertiesText } from './kafka-config.ts'
import type { NifiVersion } from './nifi-artifacts.ts'
import { run } from './process.ts'
import { selfSigned, type Identity } from './tls.ts'

/** The only user of a server with `login`. */
export const nifiUser = { username: 'keeper', password: 'keeper-secret-password' } as const

/**
 * How a server asks who is there: not at all, for a password, or for a client certificate, over TLS. Whom it knows may do
 * everything, but with `managed`: there the policies decide, which its client may change and its guest is to be given.
 */
export type NifiSecurity = 'http' | 'login' | 'mtls' | 'managed'

/** Who shows the certificate of the client, and who that of the guest, as policies call them. */
export const nifiIdentities = { client: 'CN=client', guest: 'CN=guest' } as const

type Properties = Readonly<Record<string, string>>

/** Everything a configuration is made of. */
export interface NifiConfig {
  readonly version: NifiVersion
  readonly security: NifiSecurity
  readonly port: number
  /** Win over everything. */
  readonly settings: Properties
}

/** Certificates of a server with TLS. */
export interface Certificates {
  readonly server: Identity
  readonly client: Identity
  readonly guest: Identity
}

const storePassword = 'store-password'

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
  'nifi.components.status.repository.implementation': 'org.apache.nifi.controller.status.history.VolatileComponentStatusRepository',
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

/** A server that has no way to log in demands a client certificate. */
function access({ security, port }: NifiConfig): Properties {
  if (security === 'http') return { 'nifi.web.http.host': '127.0.0.1', 'nifi.web.http.port': String(port), 'nifi.remote.input.secure': 'false' }
  return {
    'nifi.web.https.host': '127.0.0.1',
    'nifi.web.https.port': String(port),
    'nifi.remote.input.secure': 'true',
    'nifi.security.keystore': './conf/keystore.p12',
    'nifi.security.keystoreType': 'PKCS12',
    'nifi.security.keystorePasswd': storePassword,
    'nifi.security.keyPasswd': storePassword,
    'nifi.security.truststore': './conf/truststore.p12',
    'nifi.security.truststoreType': 'PKCS12',
    'nifi.security.truststorePasswd': storePassword,
    'nifi.security.user.authorizer': security === 'managed' ? 'managed-authorizer' : 'stand-in',
    'nifi.security.user.login.identity.provider': security === 'login' ? 'stand-in' : ''
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
`,
  'authorizers.xml': `<authorizers>
  <authorizer>
    <identifier>stand-in</identifier>
    <class>infometis.nifi.StandInAuthorizer</class>
  </authorizer>
</authorizers>
`,
  'login-identity-providers.xml': `<loginIdentityProviders>
  <provider>
    <identifier>stand-in</identifier>
    <class>infometis.nifi.StandInLogin</class>
    <property name="Username">${nifiUser.username}</property>
    <property name="Password">${nifiUser.password}</property>
  </provider>
</loginIdentityProviders>
`
} as const

/** NiFi's own authorizer over two files, which it writes when somebody changes a policy. */
const managedAuthorizer = `<authorizers>
  <userGroupProvider>
    <identifier>users</identifier>
    <class>org.apache.nifi.authorization.FileUserGroupProvider</class>
    <property name="Users File">./conf/users.xml</property>
    <property name="Initial User Identity 1">${nifiIdentities.client}</property>
  </userGroupProvider>
  <accessPolicyProvider>
    <identifier>policies</identifier>
    <class>org.apache.nifi.authorization.FileAccessPolicyProvider</class>
    <property name="User Group Provider">users</property>
    <property name="Authorizations File">./conf/authorizations.xml</property>
    <property name="Initial Admin Identity">${nifiIdentities.client}</property>
  </accessPolicyProvider>
  <authorizer>
    <identifier>managed-authorizer</identifier>
    <class>org.apache.nifi.authorization.StandardManagedAuthorizer</class>
    <property name="Access Policy Provider">policies</property>
  </authorizer>
</authorizers>
`

/** Writes `conf` below the home of a server. */
export async function writeNifiConfig(home: string, config: NifiConfig): Promise<void> {
  const directory = join(home, 'conf')
  await mkdir(directory, { recursive: true })
  const properties = { ...small, ...flowFiles[config.version], ...access(config), ...config.settings }
  const authorizers = config.security === 'managed' ? { 'authorizers.xml': managedAuthorizer } : {}
  const texts = { ...files, ...authorizers, 'nifi.properties': propertiesText(properties) }
  await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(directory, name), text)))
}

/** Makes the certificates of a server and of its clients, and the stores NiFi reads them from, in `conf` below its home. */
export async function makeStores(home: string, java: string): Promise<Certificates> {
  const directory = join(home, 'conf')
  const [server, client, guest] = await Promise.all([
    selfSigned(directory, 'server', 'localhost'),
    selfSigned(directory, 'client', 'client'),
    selfSigned(directory, 'guest', 'guest')
  ])
  const key = ['-inkey', server.keyFile, '-in', server.certFile, '-out', join(directory, 'keystore.p12')]
  await run('openssl', ['pkcs12', '-export', '-name', 'server', ...key, '-passout', `pass:${storePassword}`])
  // Only Java's own tool marks a certificate as one to be trusted.
  const store = ['-keystore', join(directory, 'truststore.p12'), '-storetype', 'PKCS12', '-storepass', storePassword]
  const trust = (alias: string, { certFile }: Identity): Promise<unknown> => run(join(java, 'bin', 'keytool'), ['-importcert', '-noprompt', '-alias', alias, '-file', certFile, ...store])
  await trust('client', client)
  await trust('guest', guest)
  return { server, client, guest }
}
