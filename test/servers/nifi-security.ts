/**
 * Who may log in to a small NiFi, how it finds out, and what they may do there.
 * @module
 */
import { join } from 'node:path'
import { run } from './process.ts'
import { selfSigned, type Identity } from './tls.ts'

/** The only user of a server with `login`. */
export const nifiUser = { username: 'keeper', password: 'keeper-secret-password' } as const

/**
 * How a server asks who is there: not at all; over TLS for a password, and whom it knows may do everything; or over TLS for
 * a client certificate, and NiFi's own policies decide, which its client may change and its guest is given.
 */
export type NifiSecurity = 'http' | 'login' | 'managed'

/** Who shows the certificate of the client, and who that of the guest, as policies call them. */
export const nifiIdentities = { client: 'CN=client', guest: 'CN=guest' } as const

/** Certificates of a server with TLS. */
export interface Certificates {
  readonly server: Identity
  readonly client: Identity
  readonly guest: Identity
}

const storePassword = 'store-password'

/** Where a server listens and whom it lets in, in nifi.properties. */
export function accessProperties(security: NifiSecurity, port: number): Readonly<Record<string, string>> {
  if (security === 'http')
    return {
      'nifi.web.http.host': '127.0.0.1',
      'nifi.web.http.port': String(port),
      'nifi.remote.input.secure': 'false'
    }
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

/** Leaves it to our own stand-ins who is there, and lets whom they know do everything. */
const standIns = {
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

/** The files that say whom a server knows and what they may do, by their names in `conf`. */
export function accessFiles(security: NifiSecurity): Readonly<Record<string, string>> {
  return { ...standIns, ...(security === 'managed' && { 'authorizers.xml': managedAuthorizer }) }
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
  const trust = (alias: string, { certFile }: Identity): Promise<unknown> =>
    run(join(java, 'bin', 'keytool'), ['-importcert', '-noprompt', '-alias', alias, '-file', certFile, ...store])
  await trust('client', client)
  await trust('guest', guest)
  return { server, client, guest }
}
