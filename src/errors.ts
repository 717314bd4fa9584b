/**
 * Every error the framework can give, in one table: what to do about it, whether trying again can help,
 * and whether it means that the service could not be looked at.
 * @module
 */
import type { ErrorRecord, Problem } from './contract.ts'
import { mask } from './report/secrets.ts'

interface ErrorTraits {
  readonly hint: string
  /** Trying the same again later can succeed. */
  readonly retryable: boolean
  /** The service could not be looked at: the cycle is blind. */
  readonly blind: boolean
}

const terminal = { retryable: false, blind: false } as const
const retryable = { retryable: true, blind: false } as const
const blind = { retryable: true, blind: true } as const
const shutOut = { retryable: false, blind: true } as const

/** Code → traits. Codes are part of the contract scripts rely on. */
export const errorTable = {
  CONFIG_MISSING: { hint: 'Mount the ConfigMap there, or name the directory with --config or CONFIG_DIR.', ...retryable },
  CONFIG_SYNTAX: { hint: 'Correct the file; a running sidecar keeps the last good configuration in force until then.', ...terminal },
  CONFIG_INVALID: { hint: 'Correct the item; the other items are not affected.', ...terminal },
  VARIABLE_INVALID: { hint: 'Correct the variable and start again.', ...terminal },
  FLAG_INVALID: { hint: 'Run the command with --help for its flags.', ...terminal },
  PLUGIN_INVALID: { hint: 'Name a folder under reconcilers/, or a module with --plugin PATH.', ...terminal },
  UNREACHABLE: { hint: 'Check that the service is up and its address is right; it is tried again.', ...blind },
  TIMEOUT: { hint: 'The service did not answer in time; whether a write took effect is read before it is tried again.', ...blind },
  AUTHENTICATION: { hint: 'Check user, password and mechanism; mounted files are read again when they change.', ...shutOut },
  CERTIFICATE: { hint: 'Check the CA file and that the certificate names the address used.', ...shutOut },
  NOT_PERMITTED: { hint: 'Grant the rights listed on the page of the service.', ...shutOut },
  WRONG_CLUSTER: { hint: 'Correct `cluster` in policy.yaml or the address of the service.', ...terminal },
  UNAVAILABLE: { hint: 'The service asked to be tried later.', ...retryable },
  CONFLICT: { hint: 'Somebody else changed it at the same time; it is planned again from a new reading.', ...retryable },
  REJECTED: { hint: 'The service refuses this value; change the declaration.', ...terminal },
  UNSUPPORTED: { hint: 'This cannot be done in place; see the page of the service.', ...terminal },
  NOT_CONVERGING: { hint: 'The service acknowledges the change and still shows another value; change the declaration.', ...terminal },
  NO_ANSWER: { hint: 'The service did not answer for this item; it is read again and tried again.', ...retryable },
  INTERNAL: { hint: 'This is a fault of the reconciler; please report it with the log of this run.', ...retryable }
} as const satisfies Record<string, ErrorTraits>

export type ErrorCode = keyof typeof errorTable

/** The only error that leaves a module. `message` is masked; the original stays in `cause`. */
export class ReconcileError extends Error {
  override readonly name = 'ReconcileError'
  readonly code: ErrorCode
  /** What the configuration's author has to correct, when that is the reason. */
  readonly problems: readonly Problem[]
  /** Earliest useful next try in ms from now, when the service said so. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[]; retryAfterMs?: number } = {}
  ) {
    super(mask(message), 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.problems = options.problems ?? []
    this.retryAfterMs = options.retryAfterMs
  }

  /** Whether a text is one of our codes. */
  static isCode(text: string): text is ErrorCode {
    return Object.hasOwn(errorTable, text)
  }

  get hint(): string {
    return errorTable[this.code].hint
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable
  }

  get blind(): boolean {
    return errorTable[this.code].blind
  }

  /** The shape reports and documents carry. */
  toRecord(): ErrorRecord {
    return { code: this.code, message: this.message, hint: this.hint }
  }
}

/** Whether trying again later can help, by the code of a report. */
export function isRetryable(code: string): boolean {
  return ReconcileError.isCode(code) && errorTable[code].retryable
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'UNREACHABLE',
  ECONNRESET: 'UNREACHABLE',
  ENOTFOUND: 'UNREACHABLE',
  EAI_AGAIN: 'UNREACHABLE',
  EHOSTUNREACH: 'UNREACHABLE',
  ENETUNREACH: 'UNREACHABLE',
  EPIPE: 'UNREACHABLE',
  ETIMEDOUT: 'TIMEOUT',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'CERTIFICATE',
  SELF_SIGNED_CERT_IN_CHAIN: 'CERTIFICATE',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CERTIFICATE',
  UNABLE_TO_GET_ISSUER_CERT: 'CERTIFICATE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'CERTIFICATE',
  CERT_HAS_EXPIRED: 'CERTIFICATE',
  CERT_NOT_YET_VALID: 'CERTIFICATE',
  CERT_SIGNATURE_FAILURE: 'CERTIFICATE',
  ERR_TLS_CERT_ALTNAME_INVALID: 'CERTIFICATE'
}

/** The code for an error of Node itself, looked for through `cause` and `errors`; undefined for "no match". */
export function systemErrorCode(error: unknown, depth = 0): ErrorCode | undefined {
  if (!(error instanceof Error) || depth > 8) return undefined
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT'
  const own = 'code' in error && typeof error.code === 'string' ? systemCodes[error.code] : undefined
  if (own !== undefined) return own
  const inner: readonly unknown[] = [...(error instanceof AggregateError ? error.errors : []), error.cause]
  return inner.map((cause) => systemErrorCode(cause, depth + 1)).find((code) => code !== undefined)
}

/** The innermost text that says what went wrong; wrappers of clients say only that something did. */
export function deepestMessage(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error)
  const inner: unknown = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined)
  return inner instanceof Error && depth < 8 ? deepestMessage(inner, depth + 1) : error.message || error.name
}

/** Total: any throwable becomes a ReconcileError once, at the boundary, and keeps its `cause`. */
export function toReconcileError(error: unknown): ReconcileError {
  if (error instanceof ReconcileError) return error
  return new ReconcileError(systemErrorCode(error) ?? 'INTERNAL', deepestMessage(error), { cause: error })
}
