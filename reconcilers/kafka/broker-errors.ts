/**
 * What a broker says of one item, and what it means for us.
 * @module
 */
import { done, type ErrorCode, failed, type ItemResult, ReconcileError } from '../../src/plugin.ts'
import type { Answer, BrokerError } from './admin.ts'
import { errorName } from './error-names.ts'

/** Item errors the adapters give themselves; no code of the protocol is below -1. */
export const adapterErrors = {
  /** This client could only do it in a way that may destroy what others wrote; nothing was sent. */
  UNSAFE_WITH_THIS_CLIENT: -1000,
  /** Somebody else wrote between our reading and our writing. */
  CHANGED_MEANWHILE: -1001,
  /** The broker's answer leaves the item out. */
  NOT_ANSWERED: -1002
} as const

/** An error code with the broker's text; an empty text becomes the name of the code. */
export function brokerError(code: number, text?: string | null, retryAfterMs = 0): BrokerError {
  const own = Object.entries(adapterErrors).find(([, value]) => value === code)
  const name = own?.[0] ?? errorName(code)
  return { code, name, message: text || name, ...(retryAfterMs > 0 && { retryAfterMs }) }
}

/** undefined for code 0. `throttleMs` is passed on when the broker's quota is the reason. */
export function itemError(code: number, text: string | null | undefined, throttleMs: number): BrokerError | undefined {
  return code === 0 ? undefined : brokerError(code, text, code === 89 ? throttleMs : 0)
}

/** One answer per name, in the order of `names`; NOT_ANSWERED for a name the broker left out. */
export function answersFor(names: readonly string[], errors: ReadonlyMap<string, BrokerError | undefined>): Answer[] {
  return names.map((name) => {
    const error = errors.has(name) ? errors.get(name) : notAnswered()
    return { name, ...(error && { error }) }
  })
}

/** NOT_ANSWERED for an item that the answer of the broker does not mention. */
export function notAnswered(): BrokerError {
  return brokerError(adapterErrors.NOT_ANSWERED, "the broker's answer does not mention it")
}

/** BROKER_NOT_AVAILABLE for a broker that is not among the living. */
export function notAlive(name: string): BrokerError {
  return brokerError(8, `broker ${name} is not alive`)
}

const meanings = new Map<number, ErrorCode>([
  // Readers lag behind writers: an item just created is unknown for a while, so these are worth another look.
  [3, 'NO_ANSWER'], // UNKNOWN_TOPIC_OR_PARTITION
  [100, 'NO_ANSWER'], // UNKNOWN_TOPIC_ID
  [adapterErrors.NOT_ANSWERED, 'NO_ANSWER'],
  [29, 'NOT_PERMITTED'], // TOPIC_AUTHORIZATION_FAILED
  [30, 'NOT_PERMITTED'], // GROUP_AUTHORIZATION_FAILED
  [31, 'NOT_PERMITTED'], // CLUSTER_AUTHORIZATION_FAILED
  [53, 'NOT_PERMITTED'], // TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  [65, 'NOT_PERMITTED'], // DELEGATION_TOKEN_AUTHORIZATION_FAILED
  [33, 'AUTHENTICATION'], // UNSUPPORTED_SASL_MECHANISM
  [34, 'AUTHENTICATION'], // ILLEGAL_SASL_STATE
  [58, 'AUTHENTICATION'], // SASL_AUTHENTICATION_FAILED
  [36, 'CONFLICT'], // TOPIC_ALREADY_EXISTS: somebody was faster; callers that know better handle it before
  [60, 'CONFLICT'], // REASSIGNMENT_IN_PROGRESS
  [adapterErrors.CHANGED_MEANWHILE, 'CONFLICT'],
  [35, 'UNSUPPORTED'], // UNSUPPORTED_VERSION
  [43, 'UNSUPPORTED'], // UNSUPPORTED_FOR_MESSAGE_FORMAT
  [adapterErrors.UNSAFE_WITH_THIS_CLIENT, 'UNSUPPORTED'],
  // The same request will be refused again until somebody changes it.
  [10, 'REJECTED'], // MESSAGE_TOO_LARGE
  [17, 'REJECTED'], // INVALID_TOPIC_EXCEPTION
  [37, 'REJECTED'], // INVALID_PARTITIONS
  [39, 'REJECTED'], // INVALID_REPLICA_ASSIGNMENT
  [40, 'REJECTED'], // INVALID_CONFIG
  [42, 'REJECTED'], // INVALID_REQUEST
  [44, 'REJECTED'], // POLICY_VIOLATION
  [73, 'REJECTED'], // TOPIC_DELETION_DISABLED
  [87, 'REJECTED'] // INVALID_RECORD
])

/**
 * The error of one item in the framework's words. A code that is not listed is UNAVAILABLE, since trying a refused
 * request again only costs a request, while giving up on a passing one leaves drift: what Kafka marks as retriable (7
 * REQUEST_TIMED_OUT, 14, 15, 41 NOT_CONTROLLER, 89 THROTTLING_QUOTA_EXCEEDED …), what is newer than this table, and 38
 * INVALID_REPLICATION_FACTOR, which a broker says while too few brokers are alive, as in a rolling restart.
 */
export function toItemError(error: BrokerError): ReconcileError {
  const text = error.message === error.name ? error.name : `${error.message} (${error.name})`
  return new ReconcileError(meanings.get(error.code) ?? 'UNAVAILABLE', text, {
    cause: error,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs })
  })
}

/** The result of one item that was written. Pure. */
export function toItemResult({ name, error, unanswered }: Answer): ItemResult {
  if (unanswered !== undefined) return failed(name, unanswered)
  return error === undefined ? done(name) : failed(name, toItemError(error))
}
