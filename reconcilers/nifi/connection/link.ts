/**
 * Requests to a NiFi: what the rest of the plugin needs of a connection.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'

/** One request; `path` is below `/nifi-api`, begins with `/` and is encoded already. */
export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Json
  /** Asked in every cycle and answered at length: while the answer stays the same byte by byte, its body is the very same object. */
  readonly isRepeated?: true
}

/** What NiFi said, whether it did what it was asked or refused: JSON, or text where it was no JSON. */
export interface Answer {
  readonly status: number
  readonly body: Json
}

/** As much of a connection as reading and writing need. */
export interface Link {
  /**
   * The answer to one request, refusals included; a 401 is answered by one new login where there is a password. Throws
   * UNREACHABLE, TIMEOUT (also when `signal` aborts), CERTIFICATE or AUTHENTICATION, and UNAVAILABLE when what answered is
   * no NiFi or one that is still starting. Nothing is sent twice but readings and what was refused with 401.
   */
  ask(request: Request, signal: AbortSignal): Promise<Answer>
  /** One for the life of the process: NiFi takes a stale revision from the client that wrote last. */
  readonly clientId: string
  /** Breaks what is in flight; a later request connects again. */
  close(): Promise<void>
}
