/**
 * A link that answers from a script and keeps what it was asked.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import type { Answer, Link, Request } from '../../../reconcilers/nifi/connection/link.ts'

/** The answer to a request: a body with status 200, a whole answer, an error to throw, or what decides among these. */
export type Scripted = Json | Answered | Error | ((request: Request) => Json | Answered | Error)

/** An answer with another status than 200. */
export class Answered {
  readonly answer: Answer

  constructor(status: number, body: Json) {
    this.answer = { status, body }
  }
}

/** One answer after the other, the last one for ever. */
export function inTurn(...answers: readonly (Json | Answered | Error)[]): Scripted {
  const left = [...answers]
  return () => (left.length > 1 ? left.shift() : left[0]) ?? assert.fail('a turn without an answer')
}

const bundle = { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: '2.3.0' }

export class ScriptedLink implements Link {
  readonly clientId = 'client-1'
  /** Every request, in order. */
  readonly asked: Request[] = []
  isClosed = false
  readonly #script: Record<string, Scripted>
  readonly #otherwise: Scripted | undefined

  /**
   * `script`: method and path → answer, e.g. `{'GET /flow/parameter-contexts': {parameterContexts: []}}`; `otherwise`
   * answers what is not in it. The server itself is a NiFi 2.3.0 without a cluster, and empty.
   */
  constructor(script: Readonly<Record<string, Scripted>> = {}, otherwise?: Scripted) {
    this.#otherwise = otherwise
    this.#script = {
      'GET /flow/about': { about: { title: 'NiFi', version: '2.3.0' } },
      'GET /flow/cluster/summary': {
        clusterSummary: { connectedNodeCount: 0, totalNodeCount: 0, connectedToCluster: false, clustered: false }
      },
      'GET /flow/process-groups/root': listing('root-id', []),
      'GET /process-groups/root/download': {
        flowContents: { identifier: 'root', instanceIdentifier: 'root-id', name: 'NiFi Flow', processGroups: [] }
      },
      'GET /flow/process-groups/root/controller-services': { controllerServices: [] },
      'GET /flow/parameter-contexts': { parameterContexts: [] },
      'GET /flow/processor-types': {
        processorTypes: ['GenerateFlowFile', 'LogAttribute'].map((name) => ({
          type: `org.apache.nifi.processors.standard.${name}`,
          bundle
        }))
      },
      'GET /flow/controller-service-types': { controllerServiceTypes: [] },
      'GET /flow/runtime-manifest': { runtimeManifest: { bundles: [] } },
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
    const scripted = Object.hasOwn(this.#script, name) ? this.#script[name] : this.#otherwise
    assert.ok(scripted !== undefined, `nobody expected ${name}`)
    const answer = typeof scripted === 'function' ? scripted(request) : scripted
    if (answer instanceof Error) return Promise.reject(answer)
    return Promise.resolve(answer instanceof Answered ? answer.answer : { status: 200, body: answer })
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}

/** How NiFi answers when it refuses: plain text. */
export function refusal(status: number, words: string): Answered {
  return new Answered(status, words)
}

/** `GET /flow/process-groups/{id}` of a group below the root. */
export function listing(id: string, processGroups: readonly Json[]): Json {
  return {
    permissions: { canRead: true, canWrite: true },
    processGroupFlow: {
      id,
      breadcrumb: { id, permissions: { canRead: true, canWrite: true }, breadcrumb: { id, name: 'NiFi Flow' } },
      flow: { processGroups }
    }
  }
}
