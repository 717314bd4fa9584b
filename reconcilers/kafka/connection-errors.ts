/**
 * Turns whatever a Kafka client throws when it gets no answer into one of our errors, once. Both clients wrap the
 * reason several causes deep, and neither is imported here: errors are told apart by their fields.
 * @module
 */
import { type ErrorCode, ReconcileError, systemErrorCode, trustReason } from '../../src/plugin.ts'
import { brokerError, toItemError } from './broker-errors.ts'
import { securityProtocols, type SecurityProtocol } from './connection.ts'

/** The connection ended where an answer was due; the clients say so in these words. */
const cutOff = new RegExp(
  `^(Connection error: )?(${[
    'Connection closed',
    'Closed connection',
    'Client network socket disconnected',
    'Broker requires TLS',
    'read ECONNRESET',
    'write EPIPE',
    'socket hang up'
  ].join('|')})`
)

/** OpenSSL read something that is no TLS. */
const noTls = /wrong version number|packet length too long|EPROTO/

/** ILLEGAL_SASL_STATE: a login where the broker expects none. */
const illegalSaslState = 34

/** The fields by which the clients' errors are known; every one of them may be missing. */
interface Link {
  readonly name?: unknown
  readonly message?: unknown
  /** `PLT_KFK_*`, a code of Node, or kafkajs's number of a protocol error. */
  readonly code?: unknown
  /** The number of a protocol error in platformatic's words. */
  readonly apiCode?: unknown
  /** The broker's own text, beside platformatic's. */
  readonly serverErrorMessage?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** How the connection was made, and how far it had come when it failed. */
export interface Attempt {
  readonly protocol: SecurityProtocol
  /** `opening`: connecting, TLS and the login. `fresh`: no request had been answered before. */
  readonly stage: 'opening' | 'fresh' | 'used'
}

/**
 * UNREACHABLE, TIMEOUT, AUTHENTICATION, CERTIFICATE, UNAVAILABLE, or what the broker's code means, with the innermost
 * reason as text; where the port seems to speak another protocol, or nobody known has signed the broker's certificate,
 * the text names the protocol, or the variable of the CA. INTERNAL for what no client throws on purpose. Total; keeps
 * `cause`.
 */
export function toConnectionError(error: unknown, attempt?: Attempt): ReconcileError {
  if (error instanceof ReconcileError) return error
  const chain = linksOf(error)
  const reason = reasonOf(chain)
  const likely = attempt === undefined ? [] : likelyProtocols(chain, reason, attempt)
  return new ReconcileError(classify(error, chain), inPlainWords(reason, likely, attempt), { cause: error })
}

/**
 * The protocols this port probably speaks, `[]` where nothing hints at another one. A broker says nothing of the kind:
 * it ends a connection that is not what it expects. Pure.
 */
function likelyProtocols(
  chain: readonly Link[],
  reason: string,
  { protocol, stage }: Attempt
): readonly SecurityProtocol[] {
  const isTls = protocol.endsWith('SSL')
  const isSasl = protocol.startsWith('SASL_')
  if (stage === 'opening' && chain.some((link) => protocolCodeOf(link) === illegalSaslState))
    return protocolsWith({ isTls, isSasl: false })
  if (!cutOff.test(reason) && !(isTls && noTls.test(reason))) return []
  if (stage === 'opening') return protocolsWith({ isTls: !isTls })
  return stage === 'fresh' && !isSasl ? protocolsWith({ isTls, isSasl: true }) : []
}

function protocolsWith({
  isTls,
  isSasl
}: {
  readonly isTls: boolean
  readonly isSasl?: boolean
}): readonly SecurityProtocol[] {
  const fitting = securityProtocols.filter((protocol) => protocol.endsWith('SSL') === isTls)
  return isSasl === undefined ? fitting : fitting.filter((protocol) => protocol.startsWith('SASL_') === isSasl)
}

function inPlainWords(reason: string, likely: readonly SecurityProtocol[], attempt: Attempt | undefined): string {
  const isCut = cutOff.test(reason)
  const said = isCut ? 'the broker closed the connection' : trustReason(reason.replace(/\.$/, ''), 'KAFKA_SSL_CA_FILE')
  if (likely.length === 0 || attempt === undefined) return said
  // A broker that is stopped closes connections, too.
  const port = `${isCut ? 'if this persists, ' : ''}the port speaks ${likely.join(' or ')}`
  return `${said}; ${port} (KAFKA_SECURITY_PROTOCOL is ${attempt.protocol})`
}

/** The error and everything it wraps, outermost first. */
function linksOf(error: unknown, depth = 0): Link[] {
  if (typeof error !== 'object' || error === null || depth > 8) return []
  const link: Link = error
  const inner = [link.cause, ...(Array.isArray(link.errors) ? (link.errors as unknown[]) : [])]
  return [link, ...inner.flatMap((cause) => linksOf(cause, depth + 1))]
}

function classify(error: unknown, chain: readonly Link[]): ErrorCode {
  const has = (test: (link: Link) => boolean): boolean => chain.some(test)
  const protocolCode = chain.map(protocolCodeOf).find((code) => code !== undefined)
  const network = has(({ name, code }) => code === 'PLT_KFK_NETWORK' || String(name).startsWith('KafkaJSConnection'))

  if (protocolCode !== undefined) return toItemError(brokerError(protocolCode)).code
  if (has(({ code }) => isCertificateCode(code))) return 'CERTIFICATE'
  const system = systemErrorCode(error)
  if (system !== undefined) return system
  if (has(({ name, message }) => name === 'KafkaJSRequestTimeoutError' || /\btimed? ?out\b/i.test(String(message))))
    return 'TIMEOUT'
  if (has(({ name }) => name === 'KafkaJSSASLAuthenticationError')) return 'AUTHENTICATION'
  if (has(({ code }) => code === 'PLT_KFK_AUTHENTICATION') && !isCutOff(chain)) return 'AUTHENTICATION'
  if (network || has(({ message }) => message === 'Broker requires TLS.')) return 'UNREACHABLE'
  if (has(({ name }) => name === 'KafkaJSServerDoesNotSupportApiKey')) return 'UNSUPPORTED'
  return has(({ name }) => /^KafkaJS(BrokerNotFound|MetadataNotLoaded|LockTimeout)/.test(String(name)))
    ? 'UNAVAILABLE'
    : 'INTERNAL'
}

function protocolCodeOf({ apiCode, code, name }: Link): number | undefined {
  if (typeof apiCode === 'number') return apiCode
  return typeof code === 'number' && String(name).startsWith('KafkaJS') ? code : undefined
}

/** TLS alerts about certificates, and files OpenSSL cannot use, beside the codes Node gives itself. */
function isCertificateCode(code: unknown): boolean {
  return typeof code === 'string' && /^ERR_(SSL|OSSL)_.*(CERT|UNKNOWN_CA|PEM|X509|KEY_VALUES)/.test(code)
}

/** Whether the connection broke while credentials were being checked, which says nothing about them. */
function isCutOff(chain: readonly Link[]): boolean {
  const refused = chain.findIndex(({ code }) => code === 'PLT_KFK_AUTHENTICATION')
  return chain.slice(refused + 1).some(({ code }) => code === 'PLT_KFK_NETWORK')
}

function reasonOf(chain: readonly Link[]): string {
  const texts = chain.map(({ serverErrorMessage, message }) => serverErrorMessage || message)
  return texts.findLast((text): text is string => typeof text === 'string' && text !== '') ?? 'no reason given'
}
