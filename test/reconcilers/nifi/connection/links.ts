/**
 * Links to a local server, and what they end with.
 * @module
 */
import assert from 'node:assert/strict'
import { ClientLink } from '../../../../reconcilers/nifi/connection/client-link.ts'
import { readConnectionSettings } from '../../../../reconcilers/nifi/connection/settings.ts'
import type { Request } from '../../../../reconcilers/nifi/connection/link.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { Environment } from '../../../../src/connect/environment.ts'

export const never = new AbortController().signal
export const reading: Request = { method: 'GET', path: '/flow/about' }
export const writing: Request = { method: 'PUT', path: '/flow/process-groups/a', body: { id: 'a', state: 'RUNNING' } }

/** Links that are closed together. */
export class Links {
  readonly #open: ClientLink[] = []
  readonly #deadline: string

  constructor(deadline: string) {
    this.#deadline = deadline
  }

  to(url: string, variables: Readonly<Record<string, string>> = {}): ClientLink {
    const link = new ClientLink(
      readConnectionSettings(new Environment({ NIFI_URL: url, REQUEST_TIMEOUT: this.#deadline, ...variables }))
    )
    this.#open.push(link)
    return link
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((link) => link.close()))
  }
}

/** What a request fails with. */
export async function failure(asked: Promise<unknown>): Promise<ReconcileError> {
  const error: unknown = await asked.then(
    () => assert.fail('was answered'),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof ReconcileError, String(error))
  return error
}
