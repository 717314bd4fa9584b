/**
 * Every error the framework can give, in one table: what to do about it, whether trying again can help,
 * and whether it means that the service could not be looked at.
 * @module
 */
import type { ErrorRecord, Problem } from './records.ts'
import { mask } from './secrets/mask.ts'

interface ErrorTraits {
  readonly hint: string
  /** Trying the same again later can succeed. */
  readonly retryable: boolean
  /** The service could not be looked at: the cycle is blind. */
  readonly blind: boolean
  /** Says that the call had no answer about any item: the metric of calls counts the call under this code. */
  readonly ofCall: boolean
}

const terminal = { retryable: false, blind: false, ofCall: false } as const
const retryable = { retryable: true, blind: false, ofCall: false } as const
const noAnswer = { retryable: true, blind: true, ofCall: true } as const
const shutOut = { retryable: false, blind: true, ofCall: true } as const
const notPermitted = { retryable: false, blind: true, ofCall: false } as const

/** Code → traits. Codes are part of the contract scripts rely on. */
export const errorTable = {
  CONFIG_MISSING: {
    hint: 'Mount the ConfigMap there, or name the directory with --config or CONFIG_DIR.',
    ...retryable
  },
  CONFIG_SYNTAX: {
    hint: 'Correct the file; a running sidecar keeps using the last good configuration until then.',
    ...terminal
  },
  CONFIG_INVALID: { hint: 'Correct the item; the other items are not affected.', ...terminal },
  VARIABLE_INVALID: { hint: 'Correct the variable, or the file it names, and start again.', ...terminal },
  FLAG_INVALID: { hint: 'Run the command with --help for its flags.', ...terminal },
  PLUGIN_INVALID: { hint: 'Name a folder under reconcilers/, or a module with --plugin PATH.', ...terminal },
  PACKAGE_MISSING: { hint: 'Install the package beside infometis-reconcilers and start again.', ...shutOut },
  UNREACHABLE: { hint: 'Check that the service is up and its address is right; retrying.', ...noAnswer },
  TIMEOUT: {
    hint: 'The service did not answer in time; a write is retried only after reading whether it took effect.',
    ...noAnswer
  },
  AUTHENTICATION: {
    hint: 'Check user, password and mechanism; mounted files are read again when they change.',
    ...shutOut
  },
  CERTIFICATE: {
    hint: 'Check the files of CA, certificate and key, and that the server certificate names the address used.',
    ...shutOut
  },
  NOT_PERMITTED: { hint: 'Grant the rights listed on the page of the service.', ...notPermitted },
  WRONG_CLUSTER: { hint: 'Correct `cluster` in policy.yaml or the address of the service.', ...terminal },
  UNAVAILABLE: { hint: 'The service asked to be tried later.', ...retryable },
  CONFLICT: { hint: 'Changed concurrently; re-reading and planning again.', ...retryable },
  REJECTED: { hint: 'The service refuses this value; change the declaration.', ...terminal },
  UNSUPPORTED: { hint: 'This cannot be done in place; see the page of the service.', ...terminal },
  NOT_CONVERGING: {
    hint: 'The service accepts the change but keeps reporting a different value; change the declaration.',
    ...terminal
  },
  DEPENDENCY_MISSING: {
    hint: 'It needs another item that does not exist yet; declare that one or correct its name. Retrying.',
    ...retryable
  },
  NO_ANSWER: { hint: 'The service did not answer for this item; re-reading and retrying.', ...retryable },
  PLUGIN_FAULT: {
    hint: 'This is a bug in the plugin; report it to its author. LOG_LEVEL=debug logs the stack.',
    ...retryable
  },
  INTERNAL: {
    hint: 'This is a bug in the reconciler; report it with the log of this run. LOG_LEVEL=debug logs the stack.',
    ...retryable
  }
} as const satisfies Record<string, ErrorTraits>

export type ErrorCode = keyof typeof errorTable

/** The same in every copy of this module: a plugin may bring a copy of its own. */
const brand: unique symbol = Symbol.for('infometis.ReconcileError')

/**
 * The only error that leaves a module. `message` is masked; the original stays in `cause`. `instanceof` recognises
 * those of another copy of this package by their brand and shape; `toReconcileError` makes them errors of this copy.
 */
export class ReconcileError extends Error {
  static override [Symbol.hasInstance](value: unknown): value is ReconcileError {
    return this === ReconcileError ? isBranded(value) : Function.prototype[Symbol.hasInstance].call(this, value)
  }

  readonly [brand] = true
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

function isBranded(value: unknown): boolean {
  if (!(value instanceof Error) || !(brand in value) || value[brand] !== true) return false
  return 'code' in value && typeof value.code === 'string' && typeof value.message === 'string'
}

/** One of this copy; what another copy, older or newer, says more or otherwise is left out. */
function adopt(foreign: ReconcileError): ReconcileError {
  if (foreign.constructor === ReconcileError) return foreign
  const { code, message, problems, retryAfterMs } = foreign
  return new ReconcileError(ReconcileError.isCode(code) ? code : 'INTERNAL', message, {
    cause: foreign,
    ...(Array.isArray(problems) && { problems }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs })
  })
}

/**
 * Whether an error that a whole call threw says that the service failed, and not one of its items: it does not count
 * against the items.
 */
export function isFailureOfTarget(code: ErrorCode): boolean {
  return errorTable[code].ofCall || code === 'NOT_PERMITTED'
}

/** Whether an error is a bug, of a plugin or of ours. */
export function isFault(code: ErrorCode): boolean {
  return code === 'INTERNAL' || code === 'PLUGIN_FAULT'
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

/** Errors that carry each other without end are looked at up to here. */
const mostErrors = 100

/** The code for an error of Node itself, looked for through `cause` and `errors`; undefined for "no match". */
export function systemErrorCode(error: unknown, seen: Set<unknown> = new Set()): ErrorCode | undefined {
  if (!(error instanceof Error) || seen.has(error) || seen.size >= mostErrors) return undefined
  seen.add(error)
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT'
  const own =
    'code' in error && typeof error.code === 'string' && Object.hasOwn(systemCodes, error.code)
      ? systemCodes[error.code]
      : undefined
  if (own !== undefined) return own
  for (const inner of [...errorsOf(error), error.cause]) {
    const code = systemErrorCode(inner, seen)
    if (code !== undefined) return code
  }
  return undefined
}

/** The innermost text that says what went wrong; wrappers of clients say only that something did. */
export function deepestMessage(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return plainMessage(error)
  const inner: unknown = error.cause ?? errorsOf(error)[0]
  return inner instanceof Error && depth < 8 ? deepestMessage(inner, depth + 1) : error.message || error.name
}

function errorsOf(error: Error): readonly unknown[] {
  return error instanceof AggregateError && Array.isArray(error.errors) ? error.errors : []
}

/** Where the error behind an error of ours was thrown, masked; undefined where nothing says so. Total. */
export function stackOf(error: ReconcileError): string | undefined {
  try {
    let innermost: Error = error
    for (let level = 0; level < mostErrors && innermost.cause instanceof Error; level += 1) innermost = innermost.cause
    return typeof innermost.stack === 'string' ? mask(innermost.stack) : undefined
  } catch {
    return undefined
  }
}

/** What was thrown without being an error; an object is not printed, because it may hold anything. */
function plainMessage(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  return 'message' in thrown && typeof thrown.message === 'string'
    ? thrown.message
    : Object.prototype.toString.call(thrown)
}

/** Total: any throwable becomes a ReconcileError of this copy once, at the boundary, and keeps its `cause`. */
export function toReconcileError(error: unknown): ReconcileError {
  try {
    if (error instanceof ReconcileError) return adopt(error)
    return new ReconcileError(systemErrorCode(error) ?? 'INTERNAL', deepestMessage(error), { cause: error })
  } catch {
    // Its own properties throw, or are not what an error's are.
    return new ReconcileError('INTERNAL', 'an error that cannot be described', { cause: error })
  }
}
