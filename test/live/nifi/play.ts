/**
 * A NiFi on which a scenario is played, be it a real one or one in memory, and what is asked of it there.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import type { Clock } from '../../../src/time/clock.ts'
import { runRequest } from '../../../reconcilers/nifi/connection/asynchronous.ts'
import type { Group } from '../../../reconcilers/nifi/flow/definition/model.ts'
import { readParts } from '../../../reconcilers/nifi/flow/run-state/run-parts.ts'
import { readFlow, type LiveFlow } from '../../../reconcilers/nifi/flow/write/read-flow.ts'
import type { Answer, Link, Request } from '../../../reconcilers/nifi/connection/link.ts'
import { groupOf } from '../../../reconcilers/nifi/reading/parse-entities.ts'
import { bodyOf } from '../../../reconcilers/nifi/connection/refusal.ts'
import type { Body } from '../../../reconcilers/nifi/json.ts'
import type { Part } from '../../../reconcilers/nifi/flow/run-state/part.ts'

const never = new AbortController().signal

/** Where a scenario is played. */
export interface Stage {
  readonly link: Link
  readonly parent: string
  readonly clock: Clock
  /** Puts FlowFiles into the connection behind `gen`, which is stopped. */
  readonly fill: (group: string, count: number) => Promise<void>
  /** Makes a parameter context; its id. */
  readonly makeContext: (name: string, parameters: Readonly<Record<string, string>>) => Promise<string>
}

/** One scenario on its stage: each method asks what a reconciler would ask. */
export class Play {
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
  }

  ask(method: Request['method'], path: string, body?: Json): Promise<Answer> {
    return this.#stage.link.ask({ method, path, ...(body !== undefined && { body }) }, never)
  }

  revision(version: number, clientId = this.#stage.link.clientId): Json {
    return { version, clientId }
  }

  import(groupName: string | undefined, flowSnapshot: Json): Promise<Answer> {
    const { parent } = this.#stage
    return this.ask('POST', `/process-groups/${parent}/process-groups/import`, {
      groupId: parent,
      ...(groupName !== undefined && { groupName }),
      revisionDTO: this.revision(0),
      flowSnapshot
    })
  }

  /** Imports it, and waits until NiFi has made up its mind about it. */
  async imported(definition: Json): Promise<string> {
    const { id } = groupOf(bodyOf(await this.import('flow', definition)))
    await this.settled(id, (parts) =>
      parts.every(({ validation, name }) => validation === (name === 'put' ? 'INVALID' : 'VALID'))
    )
    return id
  }

  read(id: string): Promise<LiveFlow> {
    return readFlow(this.#stage.link, id, never)
  }

  async parts(id: string): Promise<readonly Part[]> {
    const parts = await readParts(this.#stage.link, (await this.read(id)).snapshot.flowContents, never)
    return parts.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async part(id: string, name: string): Promise<Part> {
    return (await this.parts(id)).find((part) => part.name === name) ?? assert.fail(`no ${name}`)
  }

  /** Looks until it is so. */
  async settled(id: string, test: (parts: readonly Part[]) => boolean): Promise<readonly Part[]> {
    const { clock } = this.#stage
    for (const until = clock.now() + 60_000; ; await clock.sleep(100, never)) {
      const parts = await this.parts(id)
      if (test(parts)) return parts
      assert.ok(clock.now() < until, JSON.stringify(parts))
    }
  }

  /** Name, state and validity of each part. */
  async shown(id: string): Promise<Json> {
    return (await this.parts(id)).map(({ name, state, validation }) => [name, state, validation])
  }

  schedule(id: string, state: string): Promise<Answer> {
    return this.ask('PUT', `/flow/process-groups/${id}`, { id, state })
  }

  async run(id: string): Promise<void> {
    bodyOf(await this.schedule(id, 'RUNNING'))
    await this.settled(id, (parts) =>
      parts.every(({ state, validation }) => state === 'RUNNING' || validation === 'INVALID')
    )
  }

  async stop(id: string): Promise<void> {
    bodyOf(await this.schedule(id, 'STOPPED'))
    await this.settled(id, (parts) => parts.every(({ state, threads }) => state !== 'RUNNING' && threads === 0))
  }

  async start(id: string, name: string): Promise<Answer> {
    const { id: part, revision } = await this.part(id, name)
    return this.ask('PUT', `/processors/${part}/run-status`, {
      revision: this.revision(revision.version),
      state: 'RUNNING'
    })
  }

  async change(id: string, component: Body, clientId?: string, version?: number): Promise<Answer> {
    const { group } = await this.read(id)
    return this.ask('PUT', `/process-groups/${id}`, {
      revision: this.revision(version ?? group.revision.version, clientId),
      component: { id, ...component }
    })
  }

  /** Replaces the definition by the live one, changed; how that ended, and by how much the revision of each part has grown. */
  async replace(id: string, change: (live: Group) => Group): Promise<Json> {
    const { group, snapshot } = await this.read(id)
    const before = new Map((await this.parts(id)).map(({ name, revision }) => [name, revision.version]))
    const body = {
      processGroupRevision: this.revision(group.revision.version),
      versionedFlowSnapshot: { ...snapshot, flowContents: change(snapshot.flowContents) }
    }
    const begin = { method: 'POST', path: `/process-groups/${id}/replace-requests`, body } as const
    const { link, clock } = this.#stage
    const ended = await runRequest(
      link,
      { begin, at: (request) => `/process-groups/replace-requests/${request}`, timeoutMs: 30_000 },
      never,
      clock
    )
    assert.equal(ended.result, 'complete')
    const reason = ended.result === 'complete' ? (ended.failureReason ?? '') : ''
    const grown = (await this.parts(id)).map(({ name, revision }) => [name, revision.version - (before.get(name) ?? 0)])
    return {
      isRefused: reason !== '',
      isForQueue:
        /does not contain a match for Connection\[ID=[\da-f-]+, Source ID=[\da-f-]+, Dest ID=[\da-f-]+\] and the connection currently has data in the queue/.test(
          reason
        ),
      grown
    }
  }
}
