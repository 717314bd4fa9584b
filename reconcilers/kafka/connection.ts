/**
 * Reads how to connect to Kafka from environment variables. Everything that contradicts itself stops the start with
 * the variable, what was found and what was expected; no credential is ever printed.
 * @module
 */
import { isIPv6 } from 'node:net'
import { type Environment, refuse, type Secret, type TlsFiles } from '../../src/plugin.ts'

const clients = ['platformatic', 'kafkajs'] as const
/** Values of KAFKA_SECURITY_PROTOCOL. */
export const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
export type SecurityProtocol = (typeof securityProtocols)[number]

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

export type SaslMechanism = (typeof mechanisms)[number]

/** One broker; an IPv6 `host` carries no brackets. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface SaslSettings {
  readonly mechanism: SaslMechanism
  readonly username: string
  readonly password: Secret
}

export interface ConnectionSettings {
  /** KAFKA_BOOTSTRAP_SERVERS, at least one, tried in this order. */
  readonly brokers: readonly Address[]
  /** KAFKA_CLIENT, default `platformatic`. */
  readonly client: (typeof clients)[number]
  /** KAFKA_SASL_*; undefined unless KAFKA_SECURITY_PROTOCOL names SASL. */
  readonly sasl: SaslSettings | undefined
  /** KAFKA_SSL_*; undefined unless KAFKA_SECURITY_PROTOCOL names SSL. */
  readonly tls: TlsFiles | undefined
  /** REQUEST_TIMEOUT in ms, default 10 s: the deadline of connecting to one broker, and of each request. */
  readonly requestTimeout: number
}

/** All settings of the connection. Reads no file and touches no network. Throws VARIABLE_INVALID. */
export function readConnectionSettings(environment: Environment): ConnectionSettings {
  const protocol = environment.oneOf('KAFKA_SECURITY_PROTOCOL', securityProtocols, 'PLAINTEXT')
  const client = environment.oneOf('KAFKA_CLIENT', clients, 'platformatic')
  return {
    brokers: readBrokers(environment, client),
    client,
    sasl: readSasl(environment, protocol),
    tls: readTls(environment, protocol),
    requestTimeout: environment.duration('REQUEST_TIMEOUT', '10s')
  }
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const serversVariable = 'KAFKA_BOOTSTRAP_SERVERS'
const serversExample = 'kafka-0.kafka:9092,kafka-1.kafka:9092'

function readBrokers(environment: Environment, client: ConnectionSettings['client']): Address[] {
  const value = environment.required(serversVariable, serversExample)
  // Everything before the last @ may be a password, commas included: the list is looked at as a whole.
  const credentials = value.lastIndexOf('@')
  if (credentials !== -1) {
    refuse(
      serversVariable,
      `******${value.slice(credentials)}`,
      'host:port without credentials (they belong in KAFKA_SASL_*)',
      serversExample
    )
  }
  const brokers = value.split(',').map((entry) => parseAddress(entry.trim()))
  const sixth = brokers.find(({ host }) => isIPv6(host))
  if (client === 'kafkajs' && sixth) {
    refuse(
      serversVariable,
      formatAddress(sixth),
      'a host name or IPv4 address, as kafkajs cannot parse IPv6',
      serversExample
    )
  }
  return brokers
}

function parseAddress(entry: string): Address {
  const expected = entry.includes('://') ? 'host:port without a scheme' : 'comma-separated host:port, IPv6 in brackets'
  const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([a-z0-9](?:[a-z0-9._-]*))):(\d{1,5})$/i.exec(entry) ?? []
  const host = bracketed !== undefined && isIPv6(bracketed) ? bracketed : name
  const port = Number(digits)
  return host !== undefined && port >= 1 && port <= 65_535
    ? { host, port }
    : refuse(serversVariable, entry, expected, serversExample)
}

function readSasl(environment: Environment, protocol: string): SaslSettings | undefined {
  if (!protocol.startsWith('SASL_')) {
    const secret = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']
    refuseGiven(environment, secret, 'SASL_SSL', '******')
    refuseGiven(environment, ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD_FILE'], 'SASL_SSL')
    return undefined
  }
  const given = environment.text('KAFKA_SASL_MECHANISM')
  const mechanism =
    mechanisms.find((candidate) => candidate === given) ??
    refuse('KAFKA_SASL_MECHANISM', given, `one of ${mechanisms.join(', ')}`, 'SCRAM-SHA-512')
  return {
    mechanism,
    username: environment.required('KAFKA_SASL_USERNAME', 'infometis'),
    password:
      environment.secret('KAFKA_SASL_PASSWORD') ??
      refuse(
        'KAFKA_SASL_PASSWORD',
        undefined,
        `a password or KAFKA_SASL_PASSWORD_FILE, as KAFKA_SECURITY_PROTOCOL is ${protocol}`,
        'KAFKA_SASL_PASSWORD_FILE=/secrets/password'
      )
  }
}

function readTls(environment: Environment, protocol: string): TlsFiles | undefined {
  if (!protocol.endsWith('SSL')) {
    const files = ['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE', 'KAFKA_SSL_KEY_PASSPHRASE_FILE']
    refuseGiven(environment, files, 'SASL_SSL')
    return undefined
  }
  const cert = environment.file('KAFKA_SSL_CERT_FILE')
  const key = environment.file('KAFKA_SSL_KEY_FILE')
  if (cert && !key)
    refuse('KAFKA_SSL_KEY_FILE', undefined, 'the private key of KAFKA_SSL_CERT_FILE', '/secrets/tls.key')
  if (key && !cert)
    refuse('KAFKA_SSL_CERT_FILE', undefined, 'the certificate of KAFKA_SSL_KEY_FILE', '/secrets/tls.crt')
  const passphrase = environment.secret('KAFKA_SSL_KEY_PASSPHRASE')
  return { ca: environment.file('KAFKA_SSL_CA_FILE'), cert, key, ...(passphrase && { passphrase }) }
}

/** A setting that would silently have no effect is a mistake: most often the protocol was forgotten. */
function refuseGiven(environment: Environment, names: readonly string[], protocol: string, shown?: string): void {
  for (const name of names) {
    const value = environment.text(name)
    if (value !== undefined) {
      refuse(
        name,
        shown ?? value,
        'nothing, as KAFKA_SECURITY_PROTOCOL does not use it',
        `KAFKA_SECURITY_PROTOCOL=${protocol}`
      )
    }
  }
}
