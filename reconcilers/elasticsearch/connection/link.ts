/**
 * Requests to a cluster and what comes back.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'

/** One request; `path` is encoded already. */
export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Json
}

/** What the server said, whether it did what it was asked or refused. */
export interface Answer {
  readonly status: number
  readonly body: Json
  /** How long the server wants to be left alone, in ms. */
  readonly retryAfterMs?: number
}

/**
 * Whose turn a request takes. Those of calls that write wait for each other only, so that a reading is answered however
 * many writes hang or wait for shards.
 */
export type Lane = 'reading' | 'writing'

/** As much of a connection as reading and writing need. */
export interface Link {
  /**
   * The answer to one request, refusals included. Throws UNREACHABLE, TIMEOUT (also when `signal` aborts), CERTIFICATE,
   * AUTHENTICATION, or what the status means (else UNAVAILABLE) when what answered is no Elasticsearch. A reading that
   * finds no connection is asked of every node in turn; a write is sent once. `lane`: `reading` unless told otherwise.
   */
  ask(request: Request, signal: AbortSignal, lane?: Lane): Promise<Answer>
  /** What lets the server give up a change of the cluster state before we do: for the query of every such request. */
  readonly patience: Readonly<Record<'timeout' | 'master_timeout', string>>
  /** Breaks what is in flight and forgets connections; a later request connects again. */
  close(): Promise<void>
}
