/**
 * One address of a cluster, under one set of credentials.
 * @module
 */
import type { Client } from '@elastic/elasticsearch'
import { makeClient } from './client.ts'
import type { ConnectionSettings } from './settings.ts'
import type { Credentials } from './credentials.ts'
import type { Answer, Request } from './link.ts'
import { send } from './send.ts'

export class ClusterNode {
  readonly url: URL
  readonly #client: Client
  readonly #closed = new AbortController()
  #inFlight = 0
  #isRetired = false

  /** Connects to nothing yet. */
  constructor(url: URL, settings: ConnectionSettings, credentials: Credentials) {
    this.url = url
    this.#client = makeClient({ ...settings, urls: [url] }, credentials, this.#closed.signal)
  }

  /** Sends a request once; throws as `send` does. */
  async ask(request: Request, signal: AbortSignal): Promise<Answer> {
    this.#inFlight += 1
    try {
      return await send(this.#client, this.url, request, signal)
    } finally {
      this.#inFlight -= 1
      await this.#closeWhenOver()
    }
  }

  /** Closes as soon as what is in flight has ended by itself. */
  async retire(): Promise<void> {
    this.#isRetired = true
    await this.#closeWhenOver()
  }

  /** Breaks every connection, whatever is in flight. */
  async close(): Promise<void> {
    await this.#client.close()
    // Only now: a client that is not closed yet would connect again.
    this.#closed.abort()
  }

  async #closeWhenOver(): Promise<void> {
    if (this.#isRetired && this.#inFlight === 0) await this.close()
  }
}
