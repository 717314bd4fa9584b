/**
 * What a failure of the Kubernetes API means. Its client throws `ApiException` with a status as `code` and the body as text,
 * and other errors with a text as `code`; its own message is of no use to people.
 * @module
 */
import { z } from 'zod'
import { ReconcileError, toReconcileError, type ErrorCode } from '../errors.ts'
import { addressOf, connectionErrorCode, connectionErrorReason } from '../connect/connection-errors.ts'

const exception = z.object({ code: z.int(), body: z.unknown() })
const status = z.object({ message: z.string() })

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'AUTHENTICATION',
  403: 'NOT_PERMITTED',
  404: 'CONFLICT',
  409: 'CONFLICT',
  413: 'REJECTED',
  422: 'REJECTED',
  429: 'UNAVAILABLE'
}

/** The status of an answer; undefined where there was none. Pure. */
export function statusOf(error: unknown): number | undefined {
  return exception.safeParse(error).data?.code
}

/** In the words of the API server, or why it was not reached. Pure. */
export function clusterFailure(error: unknown, server: URL): ReconcileError {
  if (error instanceof ReconcileError) return error
  const answer = exception.safeParse(error)
  if (answer.success)
    return new ReconcileError(codeOfHttpStatus(answer.data.code), `Kubernetes: ${wordsOf(answer.data)}`, {
      cause: error
    })
  const code = connectionErrorCode(error)
  if (code === undefined) return toReconcileError(error)
  return new ReconcileError(code, `${addressOf(server)}: ${connectionErrorReason(error, server)}`, { cause: error })
}

function codeOfHttpStatus(answered: number): ErrorCode {
  return codeByStatus[answered] ?? (answered >= 500 ? 'UNAVAILABLE' : 'REJECTED')
}

function wordsOf({ code, body }: z.output<typeof exception>): string {
  const words = status.safeParse(typeof body === 'string' ? jsonOf(body) : body)
  return words.success ? words.data.message : `HTTP ${code} without a reason`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
