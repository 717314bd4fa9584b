/**
 * The server.properties of a small Kafka node that is broker and controller in one.
 * @module
 */
import type { Identity } from './tls.ts'

/** Listener → port; only a node of a secured cluster has the optional ones. */
export interface Ports {
  readonly PLAINTEXT: number
  readonly CONTROLLER: number
  readonly SASL_PLAINTEXT?: number
  readonly SASL_SSL?: number
  readonly SSL?: number
  readonly MUTUAL_TLS?: number
  /** For what stands in front of the broker: clients that come this way are sent to `Layout.tap`. */
  readonly TAPPED?: number
}

const protocols: Readonly<Record<string, string>> = { CONTROLLER: 'PLAINTEXT', MUTUAL_TLS: 'SSL', TAPPED: 'PLAINTEXT' }

/** Users of a secured cluster; `plain` knows only the mechanism PLAIN, the others only SCRAM. */
export const users = {
  /** A super user. */
  admin: { username: 'admin', password: 'admin-secret' },
  /** Has no rights until an ACL gives some. */
  limited: { username: 'limited', password: 'limited-secret' },
  /** Has no rights until an ACL gives some. */
  plain: { username: 'plainuser', password: 'plain-secret' }
} as const

/** Arguments of StorageTool that create the SCRAM users. */
export const scramArguments = [users.admin, users.limited].flatMap(({ username, password }) =>
  ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${username},password=${password}]`
  ])
)

/** What one node needs to know of itself. */
export interface Layout {
  readonly id: number
  readonly directory: string
  readonly ports: Ports
  /** The port that clients of the listener TAPPED are sent to. */
  readonly tap?: number
}

/** Certificates of a secured cluster. */
export interface Certificates {
  readonly server: Identity
  readonly client: Identity
}

type Properties = Record<string, string>

const small: Properties = {
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  'num.network.threads': '1',
  'num.io.threads': '2',
  'background.threads': '2',
  'num.recovery.threads.per.data.dir': '1',
  'log.cleaner.threads': '1',
  // The broker refuses less.
  'log.cleaner.dedupe.buffer.size': '4194304',
  'log.index.size.max.bytes': '4096'
}

function replication(nodes: number): Properties {
  const factor = String(nodes)
  const inSync = nodes === 1 ? '1' : '2'
  return {
    // Where they would say what Kafka's defaults say, they are left out: topics then show a default, not a setting.
    ...(nodes > 1 && { 'default.replication.factor': factor, 'min.insync.replicas': inSync }),
    'offsets.topic.replication.factor': factor,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': factor,
    'share.coordinator.state.topic.min.isr': inSync
  }
}

function security({ server, client }: Certificates): Properties {
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const { username, password } = users.plain
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`
  const logins = ['sasl_plaintext', 'sasl_ssl'].flatMap((listener) => [
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`, scram],
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, scram],
    [`listener.name.${listener}.plain.sasl.jaas.config`, plain]
  ])
  return {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
    ...Object.fromEntries(logins),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': server.bothFile,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': client.certFile,
    'listener.name.ssl.ssl.client.auth': 'requested',
    'listener.name.mutual_tls.ssl.client.auth': 'required',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:${users.admin.username};User:CN=client`,
    'allow.everyone.if.no.acl.found': 'false'
  }
}

/** The properties of one node of `layouts`; `overrides` win over everything. */
export function nodeProperties(
  node: Layout,
  layouts: readonly Layout[],
  certificates: Certificates | undefined,
  overrides: Readonly<Properties>
): Properties {
  const own = Object.entries(node.ports)
  const advertised = own
    .filter(([name]) => name !== 'CONTROLLER')
    .map(([name, port]) => [name, name === 'TAPPED' ? node.tap : port])
  return {
    ...small,
    ...replication(layouts.length),
    'node.id': String(node.id),
    'broker.rack': `rack-${node.id}`,
    'controller.quorum.voters': layouts.map(({ id, ports }) => `${id}@127.0.0.1:${ports.CONTROLLER}`).join(','),
    listeners: own.map(([name, port]) => `${name}://127.0.0.1:${port}`).join(','),
    'listener.security.protocol.map': own.map(([name]) => `${name}:${protocols[name] ?? name}`).join(','),
    ...(node.tap !== undefined && {
      'advertised.listeners': advertised.map(([name, port]) => `${name}://127.0.0.1:${port}`).join(',')
    }),
    'log.dirs': `${node.directory}/data`,
    ...(certificates && security(certificates)),
    ...overrides
  }
}

/** A Java properties file. */
export function propertiesText(properties: Readonly<Properties>): string {
  const lines = Object.entries(properties).map(
    ([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`
  )
  return lines.join('')
}
