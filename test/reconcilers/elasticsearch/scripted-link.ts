/**
 * A link that answers from a script and keeps what it was asked.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import type { Answer, Link, Request } from '../../../reconcilers/elasticsearch/connection/link.ts'

/** The answer to a request: a body with status 200, a whole answer, an error to throw, or what decides among these. */
export type Scripted = Json | Answered | Error | ((request: Request) => Json | Answered | Error)

/** An answer with another status than 200. */
export class Answered {
  readonly answer: Answer

  constructor(status: number, body: Json) {
    this.answer = { status, body }
  }
}

/** The answer of a server that refuses, in its own form. */
export function refusal(status: number, type: string, reason: string): Answered {
  return new Answered(status, { error: { root_cause: [{ type, reason }], type, reason }, status })
}

/** The answer of a server without this API. */
export function noHandler(path: string): Answered {
  return new Answered(400, { error: `no handler found for uri [${path}] and method [GET]` })
}

export class ScriptedLink implements Link {
  readonly patience = { timeout: '9s', master_timeout: '9s' }
  /** Every request, in order. */
  readonly asked: Request[] = []
  readonly #script: Record<string, Scripted>
  readonly #otherwise: Scripted | undefined
  #version = 0

  /**
   * `script`: method and path → answer, e.g. `{'GET /_alias': {}}`; `otherwise` answers what is not in it. The server
   * itself is an Elasticsearch 9.4.3.
   */
  constructor(script: Readonly<Record<string, Scripted>>, otherwise?: Scripted) {
    this.#otherwise = otherwise
    this.#script = {
      'GET /': { version: { number: '9.4.3' }, cluster_uuid: 'cluster-1' },
      'GET /_cluster/state/version': () => ({
        version: (this.#version += 1),
        state_uuid: `state-${this.#version}`,
        cluster_uuid: 'cluster-1'
      }),
      'GET /_resolve/index/*': { indices: [], aliases: [], data_streams: [] },
      ...script
    }
  }

  /** Requests with this method, or with this method and path. */
  of(what: string): readonly Request[] {
    return this.asked.filter(({ method, path }) => what === method || what === `${method} ${path}`)
  }

  /** Method and path of every request, in order. */
  get lines(): readonly string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`)
  }

  ask(request: Request, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    this.asked.push(request)
    const name = `${request.method} ${request.path}`
    const scripted = this.#script[name] ?? this.#otherwise
    assert.ok(scripted !== undefined, `nobody expected ${name}`)
    const answer = typeof scripted === 'function' ? scripted(request) : scripted
    if (answer instanceof Error) return Promise.reject(answer)
    return Promise.resolve(answer instanceof Answered ? answer.answer : { status: 200, body: answer })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
