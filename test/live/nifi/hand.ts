/**
 * The hand of a person who works in NiFi behind the reconciler's back, and looks what became of things.
 * @module
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Json } from '../../../src/contract.ts'
import { ask, type Access } from '../../servers/http.ts'
import { loggedIn } from '../../servers/nifi.ts'
import { eventually } from '../eventually.ts'
import { anyEntity, controller, dropRequest, entities, type LiveConnection, type LiveContext, type LiveGroup, type LiveProcessor, type LiveService } from './entities.ts'

export type { LiveConnection, LiveContext, LiveGroup, LiveProcessor, LiveService } from './entities.ts'

type JsonObject = { readonly [name: string]: Json }

const object = z.record(z.string(), z.json())

/** A parameter as people write it: its value, or more. */
export type ParameterOf = string | { readonly value: string | null; readonly sensitive?: boolean; readonly description?: string }

/** Kinds of components by the path of each, in the order in which they can be deleted. */
const deletable = ['connections', 'processors', 'input-ports', 'output-ports', 'funnels', 'labels', 'remote-process-groups'] as const

const fields = {
  connections: 'connections',
  processors: 'processors',
  'input-ports': 'inputPorts',
  'output-ports': 'outputPorts',
  funnels: 'funnels',
  labels: 'labels',
  'remote-process-groups': 'remoteProcessGroups'
} as const

export class Hand {
  readonly #access: Access
  readonly #clientId = randomUUID()
  #entered: Promise<Access> | undefined

  constructor(access: Access) {
    this.#access = access
  }

  /** Asks and gives whatever was answered, refusals included. The path is below `/nifi-api` and begins with `/`. */
  async request(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    this.#entered ??= loggedIn(this.#access)
    return ask(await this.#entered, { method, path: `/nifi-api${path}`, body, timeoutMs: 60_000 })
  }

  /** Asks and gives the body; throws unless it was a success. */
  async must(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.request(method, path, body)
    assert.ok(answer.status >= 200 && answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** Gives the body, or undefined on a 404. */
  async find(path: string): Promise<unknown> {
    const { status, body } = await this.request('GET', path)
    if (status === 404) return undefined
    assert.equal(status, 200, `GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Imports a definition (`{flowContents, ...}`) as a new group and gives its id. */
  async import(parent: string, name: string, definition: Json): Promise<string> {
    const body = {
      groupId: parent,
      groupName: name,
      positionDTO: { x: 0, y: 0 },
      revisionDTO: this.#revision(0),
      flowSnapshot: definition
    }
    return anyEntity.parse(await this.must('POST', `/process-groups/${parent}/process-groups/import`, body)).id
  }

  /** Makes an empty group and gives its id. */
  async createGroup(parent: string, name: string, comments = ''): Promise<string> {
    const id = await this.#create(`/process-groups/${parent}/process-groups`, { name, position: { x: 0, y: 0 } })
    // 1.18.0 takes none with a new group.
    if (comments !== '') await this.changeGroup(id, { comments })
    return id
  }

  /** Groups directly inside a group. */
  async groups(parent: string): Promise<readonly LiveGroup[]> {
    const body = await this.must('GET', `/process-groups/${parent}/process-groups`)
    return z.object({ processGroups: z.array(entities.group) }).parse(body).processGroups
  }

  /** One group, or undefined. */
  async group(id: string): Promise<LiveGroup | undefined> {
    const body = await this.find(`/process-groups/${id}`)
    return body === undefined ? undefined : entities.group.parse(body)
  }

  /** Changes fields of a group itself, e.g. `{name}`, `{comments}`, `{parameterContext: {id}}` (`{id: null}` unbinds). */
  async changeGroup(id: string, change: JsonObject): Promise<void> {
    await this.#change(`/process-groups/${id}`, change)
  }

  async rename(id: string, name: string): Promise<void> {
    await this.changeGroup(id, { name })
  }

  async comments(id: string): Promise<string> {
    return (await this.group(id))?.comments ?? ''
  }

  /** The definition of a group as "Download flow definition" gives it. */
  async download(id: string): Promise<Readonly<Record<string, Json>>> {
    return object.parse(await this.must('GET', `/process-groups/${id}/download`))
  }

  /** Starts or stops everything in a group, and waits until no thread is left when it stops. */
  async setState(group: string, state: 'RUNNING' | 'STOPPED'): Promise<void> {
    await this.must('PUT', `/flow/process-groups/${group}`, { id: group, state })
    if (state === 'RUNNING') return
    await eventually(async () => assert.ok((await this.processors(group)).every((processor) => isAtRest(processor)), `${group} is still running`))
  }

  /** Processors of a group and of all groups inside it. */
  async processors(group: string): Promise<readonly LiveProcessor[]> {
    const body = await this.must('GET', `/process-groups/${group}/processors?includeDescendantGroups=true`)
    return z.object({ processors: z.array(entities.processor) }).parse(body).processors
  }

  /** The one processor of this name. */
  async processor(group: string, name: string): Promise<LiveProcessor> {
    return onlyOne(await this.processors(group), name)
  }

  /**
   * Name → number of the revision, of all processors of a group. What a replacement leaves alone goes up by one, what it
   * stops and starts again by three.
   */
  async revisions(group: string): Promise<Readonly<Record<string, number>>> {
    return Object.fromEntries((await this.processors(group)).map(({ name, version }) => [name, version]))
  }

  /** Adds a processor, of the bundle that has the type, and gives its id. `config` is e.g. `{autoTerminatedRelationships}`. */
  async addProcessor(group: string, name: string, type: string, config: JsonObject = {}): Promise<string> {
    return this.#create(`/process-groups/${group}/processors`, { name, type, position: { x: 400, y: 0 }, config })
  }

  /** Changes its configuration, e.g. `{properties: {'File Size': '1KB'}}`; one that runs is stopped for it and started again. */
  async configure(processor: string, config: JsonObject): Promise<void> {
    const { state } = await this.#processor(processor)
    if (state === 'RUNNING') await this.stop(processor)
    await this.#change(`/processors/${processor}`, { config })
    if (state === 'RUNNING') await this.start(processor)
  }

  /** Stops and deletes a processor, with the connections it has, whose queues are emptied. */
  async deleteProcessor(group: string, processor: string): Promise<void> {
    const connections = (await this.connections(group)).filter(({ source, destination }) => source.id === processor || destination.id === processor)
    for (const { source, destination } of connections) for (const { id } of [source, destination]) await this.stop(id)
    await this.stop(processor)
    for (const { id } of connections) {
      await this.drop(id)
      await this.#delete(`/connections/${id}`)
    }
    await this.#delete(`/processors/${processor}`)
  }

  async start(processor: string): Promise<void> {
    await this.#setRunStatus(`/processors/${processor}`, 'RUNNING')
  }

  /** Stops a processor and waits until none of its threads is left. */
  async stop(processor: string): Promise<void> {
    await this.#setRunStatus(`/processors/${processor}`, 'STOPPED')
    await eventually(async () => assert.ok(isAtRest(await this.#processor(processor)), `${processor} is still running`))
  }

  /** Connections directly inside a group. */
  async connections(group: string): Promise<readonly LiveConnection[]> {
    const body = await this.must('GET', `/process-groups/${group}/connections`)
    return z.object({ connections: z.array(entities.connection) }).parse(body).connections
  }

  /** Connects two processors of a group and gives the id of the connection. */
  async connect(group: string, source: string, destination: string, relationships: readonly string[] = ['success']): Promise<string> {
    const end = (id: string) => ({ id, groupId: group, type: 'PROCESSOR' })
    return this.#create(`/process-groups/${group}/connections`, {
      source: end(source),
      destination: end(destination),
      selectedRelationships: relationships
    })
  }

  /** Lets a stopped GenerateFlowFile run once for each FlowFile, whose consumers may be running or not. */
  async generate(processor: string, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      await this.#setRunStatus(`/processors/${processor}`, 'RUN_ONCE')
      await eventually(async () => assert.ok(isAtRest(await this.#processor(processor)), `${processor} is still running`))
    }
  }

  /** How many FlowFiles wait in a connection. */
  async queued(connection: string): Promise<number> {
    return entities.connection.parse(await this.must('GET', `/connections/${connection}`)).queued
  }

  /** Throws the content of a connection away, and gives how many FlowFiles that were. */
  async drop(connection: string): Promise<number> {
    return this.#drop(`/flowfile-queues/${connection}/drop-requests`)
  }

  /** Services of a group and of all groups inside it. */
  async services(group: string): Promise<readonly LiveService[]> {
    const query = 'includeAncestorGroups=false&includeDescendantGroups=true'
    const body = await this.must('GET', `/flow/process-groups/${group}/controller-services?${query}`)
    return z.object({ controllerServices: z.array(entities.service) }).parse(body).controllerServices
  }

  /** Makes a service, disabled, and gives its id. */
  async createService(group: string, name: string, type: string, properties: JsonObject = {}): Promise<string> {
    return this.#create(`/process-groups/${group}/controller-services`, { name, type, properties })
  }

  /** Enables a service, or disables it with all that refers to it, and waits until that is done. */
  async setService(service: string, state: 'ENABLED' | 'DISABLED'): Promise<void> {
    if (state === 'DISABLED') await this.#stopReferences(service)
    await this.#setRunStatus(`/controller-services/${service}`, state)
    await eventually(async () => {
      const now = entities.service.parse(await this.must('GET', `/controller-services/${service}`))
      assert.equal(now.state, state, `${now.name}: ${now.errors.join(' ')}`)
    })
  }

  async contexts(): Promise<readonly LiveContext[]> {
    const body = await this.must('GET', '/flow/parameter-contexts')
    return z.object({ parameterContexts: z.array(entities.context) }).parse(body).parameterContexts
  }

  /** The parameter context of this name, or undefined. */
  async context(name: string): Promise<LiveContext | undefined> {
    return (await this.contexts()).find((context) => context.name === name)
  }

  /** Makes a parameter context, which inherits those of these ids, and gives its id. */
  async createContext(name: string, parameters: Readonly<Record<string, ParameterOf>> = {}, inherits: readonly string[] = []): Promise<string> {
    return this.#create('/parameter-contexts', {
      name,
      parameters: parametersOf(parameters),
      inheritedParameterContexts: inherits.map((id) => ({ id, component: { id } }))
    })
  }

  /** Changes parameters, and restarts what uses them, as NiFi does. Waits until that is done. */
  async setParameters(context: string, parameters: Readonly<Record<string, ParameterOf>>): Promise<void> {
    const revision = await this.#revisionOf(`/parameter-contexts/${context}`)
    const path = `/parameter-contexts/${context}/update-requests`
    const update = z.object({ request: z.object({ requestId: z.string(), complete: z.boolean(), failureReason: z.string().nullish() }) })
    const component = { id: context, parameters: parametersOf(parameters) }
    let { request } = update.parse(await this.must('POST', path, { id: context, revision, component }))
    await eventually(async () => {
      request = update.parse(await this.must('GET', `${path}/${request.requestId}`)).request
      assert.ok(request.complete, 'the parameters are still being changed')
    })
    await this.must('DELETE', `${path}/${request.requestId}`)
    assert.equal(request.failureReason ?? '', '')
  }

  async deleteContext(context: string): Promise<void> {
    await this.#delete(`/parameter-contexts/${context}`)
  }

  /** How many threads run processors. */
  async threads(): Promise<number> {
    return (await this.#controller()).component.maxTimerDrivenThreadCount
  }

  async setThreads(maxTimerDrivenThreadCount: number): Promise<void> {
    const { revision } = await this.#controller()
    await this.must('PUT', '/controller/config', { revision: this.#revision(revision.version), component: { maxTimerDrivenThreadCount } })
  }

  /** Deletes everything inside a group, what runs and what is queued included; the group stays. */
  async clear(group: string): Promise<void> {
    await this.#silence(group)
    for (const kind of deletable) {
      const body = object.parse(await this.must('GET', `/process-groups/${group}/${kind}`))
      for (const { id } of z.array(anyEntity).parse(body[fields[kind]])) await this.#delete(`/${kind}/${id}`)
    }
    for (const { id } of await this.groups(group)) await this.#delete(`/process-groups/${id}`)
    for (const { id } of await this.services(group)) await this.#delete(`/controller-services/${id}`)
  }

  /** Deletes a group with everything inside it; one that does not exist is no error. */
  async remove(group: string): Promise<void> {
    if ((await this.group(group)) === undefined) return
    await this.#silence(group)
    await this.#delete(`/process-groups/${group}`)
  }

  /** Deletes the parameter contexts whose names begin with `prefix`; whoever inherits goes first. */
  async clearContexts(prefix: string): Promise<void> {
    for (;;) {
      const ours = (await this.contexts()).filter(({ name }) => name.startsWith(prefix))
      if (ours.length === 0) return
      const inherited = new Set(ours.flatMap(({ inherits }) => inherits))
      for (const { id } of ours.filter((context) => !inherited.has(context.id))) await this.deleteContext(id)
    }
  }

  async #controller(): Promise<z.output<typeof controller>> {
    return controller.parse(await this.must('GET', '/controller/config'))
  }

  async #processor(id: string): Promise<LiveProcessor> {
    return entities.processor.parse(await this.must('GET', `/processors/${id}`))
  }

  /** Tries again while it is refused: what was changed a moment ago is still being validated, what was stopped still ends. */
  async #setRunStatus(path: string, state: string): Promise<void> {
    await eventually(async () => this.must('PUT', `${path}/run-status`, { revision: await this.#revisionOf(path), state }))
  }

  /** Stops everything, disables all services and empties all queues of a group. */
  async #silence(group: string): Promise<void> {
    await this.setState(group, 'STOPPED')
    await this.must('PUT', `/flow/process-groups/${group}/controller-services`, { id: group, state: 'DISABLED' })
    await eventually(async () => assert.ok((await this.services(group)).every(({ state }) => state === 'DISABLED'), 'services are still enabled'))
    // 1.18.0 answers 500 where there is no connection at all.
    if ((await this.group(group))?.queued !== 0) await this.#drop(`/process-groups/${group}/empty-all-connections-requests`)
  }

  async #stopReferences(service: string): Promise<void> {
    const path = `/controller-services/${service}/references`
    const body = z.object({ controllerServiceReferencingComponents: z.array(anyEntity) }).parse(await this.must('GET', path))
    const referencingComponentRevisions = Object.fromEntries(body.controllerServiceReferencingComponents.map(({ id, revision }) => [id, this.#revision(revision.version)]))
    await this.must('PUT', path, { id: service, state: 'STOPPED', referencingComponentRevisions })
  }

  async #drop(path: string): Promise<number> {
    let { dropRequest: request } = dropRequest.parse(await this.must('POST', path, {}))
    await eventually(async () => {
      request = dropRequest.parse(await this.must('GET', `${path}/${request.id}`)).dropRequest
      assert.ok(request.finished, 'queues are still being emptied')
    })
    await this.must('DELETE', `${path}/${request.id}`)
    return request.droppedCount
  }

  async #create(path: string, component: JsonObject): Promise<string> {
    return anyEntity.parse(await this.must('POST', path, { revision: this.#revision(0), component })).id
  }

  async #change(path: string, component: JsonObject): Promise<void> {
    const id = path.slice(path.lastIndexOf('/') + 1)
    await this.must('PUT', path, { id, revision: await this.#revisionOf(path), component: { id, ...component } })
  }

  /** Tries again while it is refused: what looks stopped may still be stopping. */
  async #delete(path: string): Promise<void> {
    await eventually(async () => {
      const { version } = await this.#revisionOf(path)
      await this.must('DELETE', `${path}?version=${version}&clientId=${this.#clientId}`)
    })
  }

  async #revisionOf(path: string): Promise<{ readonly version: number; readonly clientId: string }> {
    return this.#revision(anyEntity.parse(await this.must('GET', path)).revision.version)
  }

  #revision(version: number): { readonly version: number; readonly clientId: string } {
    return { version, clientId: this.#clientId }
  }
}

function isAtRest({ state, threads }: LiveProcessor): boolean {
  return state !== 'RUNNING' && state !== 'RUN_ONCE' && threads === 0
}

function onlyOne<T extends { readonly name: string }>(found: readonly T[], name: string): T {
  const [one, ...more] = found.filter((candidate) => candidate.name === name)
  assert.ok(one !== undefined && more.length === 0, `expected one ${name}, found ${found.map((candidate) => candidate.name).join(', ')}`)
  return one
}

function parametersOf(parameters: Readonly<Record<string, ParameterOf>>): JsonObject[] {
  return Object.entries(parameters).map(([name, given]) => {
    const { value, sensitive = false, description = '' } = typeof given === 'string' ? { value: given } : given
    return { parameter: { name, value, sensitive, description } }
  })
}
