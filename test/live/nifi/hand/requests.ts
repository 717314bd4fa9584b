/**
 * Requests of a person to NiFi, each with the revision it needs.
 * @module
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Json } from '../../../../src/records.ts'
import { ask, type Access } from '../../../servers/http.ts'
import { loggedIn } from '../../../servers/nifi.ts'
import { eventually } from '../../eventually.ts'
import { anyEntity, dropRequest } from '../entities.ts'

/** Fields of a component. */
export type JsonObject = { readonly [name: string]: Json }

/** A hand that asks. */
export class RequestHand {
  readonly #access: Access
  readonly #clientId = randomUUID()
  #entered: Promise<Access> | undefined

  constructor(access: Access) {
    this.#access = access
  }

  /** Asks and gives whatever was answered, refusals included. The path is below `/nifi-api` and begins with `/`. */
  async request(
    method: string,
    path: string,
    body?: unknown
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    this.#entered ??= loggedIn(this.#access)
    return ask(await this.#entered, { method, path: `/nifi-api${path}`, body, timeoutMs: 60_000 })
  }

  /** Asks and gives the body; throws unless it was a success. */
  async must(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.request(method, path, body)
    assert.ok(
      answer.status >= 200 && answer.status < 300,
      `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`
    )
    return answer.body
  }

  /** The body as NiFi prints it. */
  async text(path: string): Promise<string> {
    this.#entered ??= loggedIn(this.#access)
    const { status, body } = await ask(await this.#entered, { path: `/nifi-api${path}`, asText: true })
    assert.equal(status, 200, `GET ${path}: ${status}`)
    return String(body)
  }

  /** Gives the body, or undefined on a 404. */
  async find(path: string): Promise<unknown> {
    const { status, body } = await this.request('GET', path)
    if (status === 404) return undefined
    assert.equal(status, 200, `GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Starts, stops, enables or disables. Tries again while it is refused: what was changed a moment ago is still being validated, what was stopped still ends. */
  protected async setRunStatus(path: string, state: string): Promise<void> {
    await eventually(async () =>
      this.must('PUT', `${path}/run-status`, { revision: await this.revisionOf(path), state })
    )
  }

  /** Empties queues by such a request, and gives how many FlowFiles were in them. */
  protected async empty(path: string): Promise<number> {
    let { dropRequest: request } = dropRequest.parse(await this.must('POST', path, {}))
    await eventually(async () => {
      request = dropRequest.parse(await this.must('GET', `${path}/${request.id}`)).dropRequest
      assert.ok(request.finished, 'queues are still being emptied')
    })
    await this.must('DELETE', `${path}/${request.id}`)
    return request.droppedCount
  }

  /** Makes a component and gives its id. */
  protected async make(path: string, component: JsonObject): Promise<string> {
    return anyEntity.parse(await this.must('POST', path, { revision: this.revision(0), component })).id
  }

  /** Changes fields of a component. */
  protected async alter(path: string, component: JsonObject): Promise<void> {
    const id = path.slice(path.lastIndexOf('/') + 1)
    await this.must('PUT', path, { id, revision: await this.revisionOf(path), component: { id, ...component } })
  }

  /** Deletes a component. Tries again while it is refused, after `before`: what looks stopped may still be stopping. */
  protected async destroy(path: string, before?: () => Promise<void>): Promise<void> {
    let isFirst = true
    await eventually(async () => {
      if (!isFirst) await before?.()
      isFirst = false
      const { version } = await this.revisionOf(path)
      await this.must('DELETE', `${path}?version=${version}&clientId=${this.#clientId}`)
    })
  }

  /** What a change of this component must carry. */
  protected async revisionOf(path: string): Promise<{ readonly version: number; readonly clientId: string }> {
    return this.revision(anyEntity.parse(await this.must('GET', path)).revision.version)
  }

  protected revision(version: number): { readonly version: number; readonly clientId: string } {
    return { version, clientId: this.#clientId }
  }
}
