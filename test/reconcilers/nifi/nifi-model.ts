/**
 * A NiFi in memory, as far as flows are written: it answers as real servers of 2.3.0 and 1.18.0 were seen to answer. Time
 * is its clock's, which a sleep moves, so that what takes NiFi a while takes tests nothing.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Json } from '../../../src/records.ts'
import { ReconcileError } from '../../../src/errors.ts'
import { timeoutBy, type Clock, type Timeout } from '../../../src/time/clock.ts'
import type { Component } from '../../../reconcilers/nifi/flow/definition/model.ts'
import { ownIdentifier } from '../../../reconcilers/nifi/flow/references/outside-services.ts'
import type { Answer, Link, Request } from '../../../reconcilers/nifi/connection/link.ts'
import type { Body } from '../../../reconcilers/nifi/json.ts'

/** Moves when somebody sleeps. */
export class SleepClock implements Clock {
  #now = 1_000_000

  now(): number {
    return this.#now
  }

  sleep(ms: number): Promise<void> {
    this.#now += ms
    return Promise.resolve()
  }

  /** Nothing in here takes so long. */
  timeout(ms: number): Timeout {
    return timeoutBy(ms, () => () => undefined)
  }

  pass(ms: number): void {
    this.#now += ms
  }
}

/** A property of a type: internal name → display name and default; `required`: invalid without a value. */
type Properties = Readonly<
  Record<
    string,
    {
      readonly displayName?: string
      readonly fallback?: string
      readonly required?: boolean
      readonly service?: boolean
    }
  >
>

export const types: Readonly<Record<string, Properties>> = {
  'org.apache.nifi.processors.standard.GenerateFlowFile': {
    'File Size': { fallback: '0B' },
    'generate-ff-custom-text': { displayName: 'Custom Text' }
  },
  'org.apache.nifi.processors.standard.LogAttribute': { 'Log Level': { fallback: 'info' } },
  'org.apache.nifi.processors.standard.PutFile': { Directory: { required: true } },
  'org.apache.nifi.processors.standard.DetectDuplicate': {
    'Distributed Cache Service': { service: true, required: true }
  }
}
export const serviceTypes: Readonly<Record<string, Properties>> = {
  'org.apache.nifi.distributed.cache.client.MapCacheClientService': {
    'Server Hostname': { required: true },
    'Server Port': { fallback: '4557' }
  }
}

interface LiveComponent {
  readonly kind:
    | 'processors'
    | 'inputPorts'
    | 'outputPorts'
    | 'controllerServices'
    | 'connections'
    | 'funnels'
    | 'labels'
  readonly id: string
  /** As it was sent, with what NiFi fills in. */
  body: Component
  version: number
  lastClient?: string
  state: string
  /** How often it was stopped by a write of the definition. */
  bounces: number
  /** Being started although it is invalid (2.x). */
  isStarting: boolean
  /** Until then a thread is at work in it that does not know yet that it was stopped. */
  busyUntil: number
  queued: number
}

interface LiveGroup {
  readonly id: string
  identifier: string
  readonly parentId: string
  name: string
  comments: string | null
  context: string | null
  fields: Body
  version: number
  lastClient?: string
  versioned: boolean
  components: LiveComponent[]
  groups: LiveGroup[]
  /** Until then what was just made is shown as it no longer is. */
  staleUntil: number
}

interface Context {
  readonly id: string
  readonly name: string
  parameters: Body
}

interface Pending {
  readonly id: string
  readonly kind: 'replace' | 'drop'
  readonly doneAt: number
  /** What completes it; gives the reason of its failure. */
  readonly finish: () => string | undefined
  readonly cancel: () => void
  isOver: boolean
  failureReason?: string
  droppedCount: number
}

const componentKinds = [
  'processors',
  'inputPorts',
  'outputPorts',
  'controllerServices',
  'connections',
  'funnels',
  'labels'
] as const

export interface Faults {
  /** The request is done, and its answer is lost. */
  loseAnswer?: (request: Request) => boolean
  /** The request never arrives. */
  refuseConnection?: (request: Request) => boolean
  /** Another answer in place of the real one; nothing is done. */
  answer?: (request: Request) => Answer | undefined
  /** Called before each request, to change things behind our back. */
  before?: (request: Request) => void
  /** Identifier of the processor at which an import breaks off with 500. */
  breakImportAt?: string
  /** The next so many replacements stop after one component. */
  halfReplacements?: number
  /** A replacement is done, and what was stopped for it is not started again. */
  leavesStopped?: boolean
  /** A replacement never gets further than stopping. */
  stuck?: boolean
  /** Fields of processors that a replacement leaves as they are. */
  ignoredFields?: readonly string[]
  /** Services whose target is down: VALID, and ENABLING for ever. */
  unreachableServices?: boolean
}

export class NifiModel implements Link {
  readonly clientId = 'client-1'
  readonly asked: Request[] = []
  readonly root: LiveGroup
  readonly contexts: Context[] = []
  readonly faults: Faults = {}
  readonly clock: SleepClock
  readonly version: '2.3.0' | '1.18.0'
  connectedNodes: readonly [number, number] = [0, 0]
  /** What it tells of its types beforehand: nothing, as for bundles that were packed without a manifest. */
  manifest: Json = {}
  /** What we may do with groups and contexts, as it shows it; it refuses nothing for it. */
  readonly rights = { modify: true, operate: true, contexts: true }
  readonly #pending = new Map<string, Pending>()

  constructor(version: '2.3.0' | '1.18.0' = '2.3.0', clock = new SleepClock()) {
    this.version = version
    this.clock = clock
    this.root = this.#newGroup('root-group', '')
    this.root.name = 'NiFi Flow'
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  // For tests

  /** Groups under the root of this name. */
  named(name: string): readonly LiveGroup[] {
    return this.root.groups.filter((group) => group.name === name)
  }

  component(identifier: string, within: LiveGroup = this.root): LiveComponent {
    const found = this.#all(within).find(({ component }) => component.body.identifier === identifier)
    return found?.component ?? assert.fail(`no component ${identifier}`)
  }

  /** Null where it is not set. */
  property(identifier: string, name: string): Json {
    const properties = this.component(identifier).body['properties']
    return (isBody(properties) ? properties[name] : undefined) ?? null
  }

  has(identifier: string): boolean {
    return this.#all(this.root).some(({ component }) => component.body.identifier === identifier)
  }

  of(method: string, path: RegExp): readonly Request[] {
    return this.asked.filter((request) => request.method === method && path.test(request.path))
  }

  addContext(name: string, parameters: Body = {}): Context {
    const context = { id: randomUUID(), name, parameters }
    this.contexts.push(context)
    return context
  }

  /** A service of the root, which flows may refer to. */
  addRootService(name: string): LiveComponent {
    const id = randomUUID()
    const type = 'org.apache.nifi.distributed.cache.client.MapCacheClientService'
    const service = this.#newComponent(
      'controllerServices',
      { identifier: ownIdentifier(id), name, type, properties: { 'Server Hostname': 'localhost' } },
      id
    )
    service.state = 'ENABLED'
    this.root.components.push(service)
    return service
  }

  /** Killed and started again: what was being done is forgotten, and what was stopped for it is stopped. */
  crash(): void {
    this.#pending.clear()
  }

  /** What is asked about and was never taken away. */
  get leftRequests(): number {
    return this.#pending.size
  }

  // The wire

  async ask(request: Request, signal: AbortSignal): Promise<Answer> {
    await Promise.resolve()
    if (signal.aborted) throw new ReconcileError('TIMEOUT', 'aborted')
    this.faults.before?.(request)
    if (this.faults.refuseConnection?.(request) === true) throw new ReconcileError('UNREACHABLE', 'connection refused')
    this.asked.push(request)
    this.#advance()
    const answer = this.faults.answer?.(request) ?? this.#answer(request)
    if (this.faults.loseAnswer?.(request) === true) throw new ReconcileError('TIMEOUT', 'no answer')
    return structuredClone(answer)
  }

  #answer(request: Request): Answer {
    const { method, path } = request
    const body = isBody(request.body) ? request.body : {}
    for (const [pattern, answer] of this.#routes()) {
      const match = pattern.exec(`${method} ${path}`)
      if (match !== null) return answer(match.slice(1).map(decodeURIComponent), body, request)
    }
    return assert.fail(`the model does not know ${method} ${path}`)
  }

  #routes(): readonly (readonly [RegExp, (parts: readonly string[], body: Body, request: Request) => Answer])[] {
    return [
      [/^GET \/flow\/about$/, () => ok({ about: { version: this.version } })],
      [
        /^GET \/flow\/cluster\/summary$/,
        () =>
          ok({
            clusterSummary: {
              clustered: this.connectedNodes[1] > 0,
              connectedToCluster: this.connectedNodes[1] > 0,
              connectedNodeCount: this.connectedNodes[0],
              totalNodeCount: this.connectedNodes[1]
            }
          })
      ],
      [/^GET \/flow\/processor-types$/, () => ok({ processorTypes: this.#typesOf(types) })],
      [
        /^GET \/flow\/runtime-manifest$/,
        () => ok({ runtimeManifest: { bundles: [{ componentManifest: this.manifest }] } })
      ],
      [/^GET \/flow\/controller-service-types$/, () => ok({ controllerServiceTypes: this.#typesOf(serviceTypes) })],
      [
        /^GET \/flow\/parameter-contexts$/,
        () => ok({ parameterContexts: this.contexts.map((context) => this.#contextEntity(context)) })
      ],
      [
        /^GET \/flow\/process-groups\/([^/]+)$/,
        ([id = '']) =>
          this.#withGroup(id, (group) =>
            ok({
              permissions: { canRead: true },
              processGroupFlow: {
                id: group.id,
                breadcrumb: { id: group.id },
                flow: { processGroups: group.groups.map((inner) => this.#groupEntity(inner)) }
              }
            })
          )
      ],
      [
        /^PUT \/flow\/process-groups\/([^/]+)$/,
        ([id = ''], body) => this.#withGroup(id, (group) => this.#schedule(group, body))
      ],
      [
        /^GET \/flow\/process-groups\/([^/]+)\/status$/,
        ([id = '']) =>
          this.#withGroup(id, (group) =>
            ok({ processGroupStatus: { id: group.id, aggregateSnapshot: this.#status(group) } })
          )
      ],
      [
        /^GET \/flow\/process-groups\/([^/]+)\/controller-services$/,
        ([id = ''], _body, request) =>
          this.#withGroup(id, (group) => ok({ controllerServices: this.#services(group, request) }))
      ],
      [
        /^POST \/process-groups\/([^/]+)\/process-groups\/import$/,
        ([id = ''], body) => this.#withGroup(id, (parent) => this.#import(parent, body))
      ],
      [/^GET \/process-groups\/([^/]+)$/, ([id = '']) => this.#withGroup(id, (group) => ok(this.#groupEntity(group)))],
      [
        /^PUT \/process-groups\/([^/]+)$/,
        ([id = ''], body) => this.#withGroup(id, (group) => this.#putGroup(group, body))
      ],
      [
        /^GET \/process-groups\/([^/]+)\/download$/,
        ([id = '']) => this.#withGroup(id, (group) => ok(this.#download(group)))
      ],
      [
        /^GET \/process-groups\/([^/]+)\/processors$/,
        ([id = '']) =>
          this.#withGroup(id, (group) =>
            ok({
              processors: this.#all(group)
                .filter(({ component }) => component.kind === 'processors')
                .map(({ component, parent }) => this.#partEntity(component, parent))
            })
          )
      ],
      [
        /^GET \/process-groups\/([^/]+)\/input-ports$/,
        ([id = '']) =>
          this.#withGroup(id, (group) =>
            ok({
              inputPorts: group.components
                .filter(({ kind }) => kind === 'inputPorts')
                .map((port) => this.#partEntity(port, group))
            })
          )
      ],
      [
        /^GET \/process-groups\/([^/]+)\/output-ports$/,
        ([id = '']) =>
          this.#withGroup(id, (group) =>
            ok({
              outputPorts: group.components
                .filter(({ kind }) => kind === 'outputPorts')
                .map((port) => this.#partEntity(port, group))
            })
          )
      ],
      [
        /^PUT \/(?:processors|input-ports|output-ports)\/([^/]+)\/run-status$/,
        ([id = ''], body) => this.#setPart(id, body)
      ],
      [/^PUT \/controller-services\/([^/]+)\/run-status$/, ([id = ''], body) => this.#setService(id, body)],
      [
        /^POST \/process-groups\/([^/]+)\/replace-requests$/,
        ([id = ''], body) => this.#withGroup(id, (group) => this.#replace(group, body))
      ],
      [
        /^(GET|DELETE) \/process-groups\/replace-requests\/([^/]+)$/,
        ([method = '', id = '']) => this.#request(method, id)
      ],
      [/^POST \/flowfile-queues\/([^/]+)\/drop-requests$/, ([id = '']) => this.#drop(id)],
      [
        /^(GET|DELETE) \/flowfile-queues\/[^/]+\/drop-requests\/([^/]+)$/,
        ([method = '', id = '']) => this.#request(method, id)
      ]
    ]
  }

  // What is shown

  #typesOf(known: Readonly<Record<string, Properties>>): Json {
    return Object.keys(known).map((type) => ({
      type,
      bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: this.version }
    }))
  }

  #contextEntity({ id, name, parameters }: Context): Json {
    return {
      id,
      revision: { version: 0 },
      permissions: { canRead: true, canWrite: this.rights.contexts },
      component: {
        id,
        name,
        parameters: Object.entries(parameters).map(([key, value]) => ({
          parameter: { name: key, value, sensitive: false }
        })),
        boundProcessGroups: []
      }
    }
  }

  #groupEntity(group: LiveGroup): Json {
    const parts = this.#all(group).filter(({ component }) => isPart(component))
    const count = (test: (component: LiveComponent, parent: LiveGroup) => boolean): number =>
      parts.filter(({ component, parent }) => test(component, parent)).length
    const isInvalid = (component: LiveComponent, parent: LiveGroup): boolean =>
      component.state !== 'DISABLED' && this.#errors(component, parent).length > 0
    const context = this.contexts.find(({ id }) => id === group.context)
    const around = this.#groups(this.root).find(({ groups }) => groups.includes(group))
    return {
      id: group.id,
      revision: { version: group.version, ...(group.lastClient && { clientId: group.lastClient }) },
      permissions: { canRead: true, canWrite: this.rights.modify },
      component: {
        id: group.id,
        name: group.name,
        ...(around && { parentGroupId: around.id }),
        comments: group.comments ?? '',
        ...(context && { parameterContext: { id: context.id, component: { id: context.id, name: context.name } } }),
        ...(group.versioned && { versionControlInformation: { flowId: 'flow-1', flowName: 'in a registry' } })
      },
      runningCount: count((component, parent) => component.state === 'RUNNING' && !isInvalid(component, parent)),
      stoppedCount: count((component, parent) => component.state === 'STOPPED' && !isInvalid(component, parent)),
      invalidCount: count(isInvalid),
      disabledCount: count((component) => component.state === 'DISABLED'),
      status: {
        aggregateSnapshot: {
          flowFilesQueued: this.#all(group).reduce((sum, { component }) => sum + component.queued, 0)
        }
      }
    }
  }

  #partEntity(component: LiveComponent, parent: LiveGroup): Json {
    const errors = this.#errors(component, parent)
    return {
      id: component.id,
      revision: { version: component.version },
      permissions: { canRead: true, canWrite: this.rights.modify },
      operatePermissions: { canRead: true, canWrite: this.rights.operate },
      component: {
        id: component.id,
        name: component.body['name'] ?? '',
        parentGroupId: parent.id,
        state: component.state,
        ...(component.kind === 'processors' && {
          validationStatus: component.state === 'DISABLED' ? 'VALIDATING' : errors.length > 0 ? 'INVALID' : 'VALID'
        }),
        validationErrors: errors
      },
      status: { aggregateSnapshot: { activeThreadCount: this.clock.now() < component.busyUntil ? 1 : 0 } }
    }
  }

  /** With the services of the groups above it, or of those below it, as asked for. */
  #services(group: LiveGroup, { query = {} }: Request): Json {
    const above = query['includeAncestorGroups'] !== false && group !== this.root ? this.root.components : []
    const below =
      query['includeDescendantGroups'] === true
        ? this.#all(group)
        : group.components.map((component) => ({ component, parent: group }))
    return [...above.map((component) => ({ component, parent: this.root })), ...below]
      .filter(({ component }) => component.kind === 'controllerServices')
      .map(({ component, parent }) => {
        const errors = this.#errors(component, parent)
        const validationStatus = errors.length > 0 ? 'INVALID' : 'VALID'
        const { name = '', type = '' } = component.body
        const shown = {
          id: component.id,
          name,
          type,
          parentGroupId: parent.id,
          state: component.state,
          validationStatus,
          validationErrors: errors,
          controllerServiceApis: [{ type: 'api' }]
        }
        return {
          id: component.id,
          parentGroupId: parent.id,
          revision: { version: component.version },
          permissions: { canRead: true },
          component: shown,
          status: { runStatus: component.state, validationStatus }
        }
      })
  }

  #status(group: LiveGroup): Json {
    return {
      connectionStatusSnapshots: group.components
        .filter(({ kind }) => kind === 'connections')
        .map(({ id, queued }) => ({ id, connectionStatusSnapshot: { id, flowFilesQueued: queued } })),
      processGroupStatusSnapshots: group.groups.map((inner) => ({
        id: inner.id,
        processGroupStatusSnapshot: this.#status(inner)
      }))
    }
  }

  #download(group: LiveGroup): Body {
    const externals = this.root.components
      .filter(({ kind }) => kind === 'controllerServices')
      .map(({ body, id }) => [body.identifier, { identifier: body.identifier, name: body['name'] ?? '', id }] as const)
    const text = JSON.stringify(this.#export(group))
    const used = externals
      .filter(([identifier]) => group !== this.root && text.includes(identifier))
      .map(([identifier, { name }]) => [identifier, { identifier, name }] as const)
    const contexts = this.contexts.filter(({ name }) => text.includes(`"parameterContextName":"${name}"`))
    return {
      flowContents: this.#export(group),
      externalControllerServices: Object.fromEntries(used),
      parameterContexts: Object.fromEntries(
        contexts.map(({ name, parameters }) => [
          name,
          {
            name,
            parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value, sensitive: false }))
          }
        ])
      ),
      parameterProviders: {},
      flowEncodingVersion: '1.0',
      latest: false
    }
  }

  #export(group: LiveGroup): Body {
    const context = this.contexts.find(({ id }) => id === group.context)
    const list = (kind: LiveComponent['kind']): Json =>
      group.components
        .filter((component) => component.kind === kind)
        .map(({ body, id }) => ({ ...body, instanceIdentifier: id, groupIdentifier: group.identifier }))
    return {
      ...group.fields,
      identifier: group.identifier,
      instanceIdentifier: group.id,
      name: group.name,
      ...(group.comments !== null && { comments: group.comments }),
      ...(context && { parameterContextName: context.name }),
      ...Object.fromEntries(componentKinds.map((kind) => [kind, list(kind)])),
      remoteProcessGroups: [],
      processGroups: group.groups.map((inner) => this.#export(inner))
    }
  }

  /** Why something is invalid, in NiFi's words. */
  #errors({ body, kind, id }: LiveComponent, parent: LiveGroup): readonly string[] {
    if (kind === 'connections' || kind === 'funnels' || kind === 'labels') return []
    if (kind !== 'processors' && kind !== 'controllerServices') return []
    const own = (kind === 'processors' ? types : serviceTypes)[shownAs(body['type'])]
    if (own === undefined)
      return [
        `'Missing Processor' validated against '${shownAs(body['type'])}' is invalid because Processor is of type '${shownAs(body['type'])}', but this is not a valid Processor type`
      ]
    if (this.clock.now() < parent.staleUntil && kind === 'processors')
      return [
        "'Upstream Connections' is invalid because Processor requires an upstream connection but currently has none"
      ]
    const properties = isBody(body['properties']) ? body['properties'] : {}
    const services = this.#all(this.root).filter(({ component }) => component.kind === 'controllerServices')
    const parameters = this.contexts.find((context) => context.id === parent.context)?.parameters ?? {}
    return Object.entries(properties).flatMap(([name, value]) => {
      if (own[name]?.required === true && value === null) return [`'${name}' is invalid because ${name} is required`]
      const parameter = typeof value === 'string' ? /^#\{(.+)\}$/.exec(value)?.[1] : undefined
      if (parameter !== undefined && !Object.hasOwn(parameters, parameter))
        return [`'${name}' is invalid because it references Parameter '${parameter}', which does not exist`]
      if (own[name]?.service !== true || value === null) return []
      const service = services.find(({ component }) => component.body.identifier === value || component.id === value)
      if (service === undefined)
        return [
          `'${name}' validated against '${shownAs(value)}' is invalid because Invalid Controller Service: ${shownAs(value)}`
        ]
      return service.component.state === 'ENABLED'
        ? []
        : [
            `'${name}' validated against '${id}' is invalid because Controller Service with ID ${service.component.id} is disabled`
          ]
    })
  }

  // What is written

  #withGroup(id: string, answer: (group: LiveGroup) => Answer): Answer {
    const found = id === 'root' ? this.root : this.#groups(this.root).find((group) => group.id === id)
    return found === undefined ? refused(404, `Unable to locate group with id '${id}'.`) : answer(found)
  }

  #isStale(
    revision: Json | undefined,
    { version, lastClient, id }: Pick<LiveGroup, 'version' | 'lastClient' | 'id'>
  ): Answer | undefined {
    const { version: sent = null, clientId = null } = isBody(revision) ? revision : {}
    if (sent === version || (clientId !== null && clientId === lastClient)) return undefined
    return refused(
      400,
      `[${shownAs(sent)}, ${shownAs(clientId)}, ${id}] is not the most up-to-date revision. This component appears to have been modified`
    )
  }

  #putGroup(group: LiveGroup, { revision, component }: Body): Answer {
    if (!isBody(component) || component['id'] !== group.id)
      return refused(400, 'The process group id must be specified.')
    const stale = this.#isStale(revision, group)
    if (stale !== undefined) return stale
    const context = component['parameterContext']
    if (isBody(context)) {
      const user = this.#all(group).find(
        ({ component: part }) =>
          part.kind === 'processors' &&
          part.state === 'RUNNING' &&
          JSON.stringify(part.body['properties']).includes('#{')
      )
      if (user !== undefined && context['id'] !== group.context)
        return refused(
          409,
          `Cannot change Parameter Context for ${group.name} because ${user.component.id} is referencing Parameters and is currently running`
        )
      group.context = typeof context['id'] === 'string' ? context['id'] : null
    }
    if (typeof component['name'] === 'string') group.name = component['name']
    if (typeof component['comments'] === 'string') group.comments = component['comments']
    this.#written(group, isBody(revision) ? textOrNull(revision['clientId']) : null)
    return ok(this.#groupEntity(group))
  }

  #schedule(group: LiveGroup, { state }: Body): Answer {
    if (state !== 'RUNNING' && state !== 'STOPPED') return refused(400, `The state must be one of RUNNING, STOPPED`)
    const parts = this.#all(group).filter(({ component }) => isPart(component) && component.state !== 'DISABLED')
    const starting = parts.find(
      ({ component, parent }) => component.isStarting && this.#errors(component, parent).length > 0
    )
    if (state === 'RUNNING' && this.version === '2.3.0' && starting !== undefined)
      return refused(
        409,
        `${starting.component.id} cannot be started because it is not stopped. Current state is STARTING`
      )
    // What may not be operated is left out, and nothing is said of it.
    if (!this.rights.modify && !this.rights.operate) return ok({ id: group.id, state })
    for (const { component, parent } of parts) {
      const isValid = this.#errors(component, parent).length === 0
      component.isStarting = state === 'RUNNING' && !isValid && this.version === '2.3.0'
      if (state === 'STOPPED' || (isValid && !this.#isStopping(component))) this.#move(component, state)
    }
    return ok({ id: group.id, state })
  }

  #setPart(id: string, { revision, state }: Body): Answer {
    const found = this.#all(this.root).find(({ component }) => component.id === id)
    if (found === undefined) return refused(404, `Unable to find processor with id '${id}'.`)
    const stale = this.#isStale(revision, found.component)
    if (stale !== undefined) return stale
    const isInvalid = this.#errors(found.component, found.parent).length > 0
    found.component.isStarting = state === 'RUNNING' && isInvalid
    if (state === 'RUNNING' && isInvalid) return ok(this.#partEntity(found.component, found.parent))
    if (state === 'RUNNING' && this.#isStopping(found.component))
      return refused(409, `${id} cannot be started because it is not stopped. Current state is STOPPING`)
    this.#move(found.component, shownAs(state))
    return ok(this.#partEntity(found.component, found.parent))
  }

  /** An invalid one, or one whose target is down, stays ENABLING for ever. */
  #setService(id: string, { revision, state }: Body): Answer {
    const found = this.#all(this.root).find(({ component }) => component.id === id)
    if (found === undefined) return refused(404, `Unable to find controller service with id '${id}'.`)
    const { component, parent } = found
    const stale = this.#isStale(revision, component)
    if (stale !== undefined) return stale
    const user = this.#all(this.root).find(
      ({ component: part }) => part.state === 'RUNNING' && JSON.stringify(part.body).includes(component.body.identifier)
    )
    if (state === 'DISABLED' && user !== undefined)
      return refused(
        409,
        `${id} cannot be disabled because it is referenced by 1 components that are currently running: [${user.component.id}]`
      )
    const isUp = this.#errors(component, parent).length === 0 && this.faults.unreachableServices !== true
    this.#move(component, state === 'ENABLED' && !isUp ? 'ENABLING' : shownAs(state))
    return ok({
      id,
      revision: { version: component.version },
      component: { id, name: component.body['name'] ?? '', state: component.state }
    })
  }

  #import(parent: LiveGroup, { groupName, flowSnapshot }: Body): Answer {
    if (typeof groupName !== 'string') return refused(400, 'The process group name is required.')
    if (!isBody(flowSnapshot) || !isBody(flowSnapshot['flowContents'])) return refused(500, unexpected)
    const contents = flowSnapshot['flowContents']
    const group = this.#newGroup(randomUUID(), parent.id)
    Object.assign(group, {
      name: groupName,
      comments: textOrNull(contents['comments']),
      version: 2,
      lastClient: this.clientId,
      staleUntil: this.clock.now() + 300
    })
    parent.groups.push(group)
    return this.#bindAll(group, contents, flowSnapshot) && this.#fill(group, contents, flowSnapshot)
      ? { status: 201, body: this.#groupEntity(group) }
      : refused(500, unexpected)
  }

  /** Binds the context a definition names; on 1.18 one that is not brought along breaks everything off. */
  #bindAll(group: LiveGroup, contents: Body, snapshot: Body): boolean {
    const name = contents['parameterContextName']
    if (typeof name !== 'string') group.context = null
    // Measured: one that is bound is not exchanged for another.
    if (typeof name !== 'string' || group.context !== null) return true
    const brought = isBody(snapshot['parameterContexts']) ? snapshot['parameterContexts'][name] : undefined
    if (!isBody(brought)) return this.version === '2.3.0'
    const context = this.contexts.find((each) => each.name === name) ?? this.addContext(name)
    for (const parameter of asList(brought['parameters'])) {
      const key = shownAs(parameter['name'])
      if (!Object.hasOwn(context.parameters, key))
        context.parameters = { ...context.parameters, [key]: parameter['value'] ?? null }
    }
    group.context = context.id
    return true
  }

  #fill(group: LiveGroup, contents: Body, snapshot: Body): boolean {
    group.fields = fieldsOf(contents)
    for (const kind of componentKinds) {
      for (const body of asList(contents[kind])) {
        const isWhole = required[kind]?.every((field) => body[field] !== undefined && body[field] !== null) ?? true
        if (!isWhole || (this.faults.breakImportAt !== undefined && body['identifier'] === this.faults.breakImportAt))
          return false
        group.components.push(
          this.#newComponent(kind, { ...body, identifier: shownAs(body['identifier'] ?? randomUUID()) })
        )
      }
    }
    this.#link(group)
    return asList(contents['processGroups']).every((inner) => {
      const child = this.#newGroup(randomUUID(), group.id)
      Object.assign(child, {
        name: shownAs(inner['name']),
        identifier: shownAs(inner['identifier']),
        comments: textOrNull(inner['comments'])
      })
      group.groups.push(child)
      return this.#bindAll(child, inner, snapshot) && this.#fill(child, inner, snapshot)
    })
  }

  #newGroup(id: string, parentId: string): LiveGroup {
    return {
      id,
      identifier: ownIdentifier(id),
      parentId,
      name: '',
      comments: null,
      context: null,
      fields: {},
      version: 0,
      versioned: false,
      components: [],
      groups: [],
      staleUntil: 0
    }
  }

  #newComponent(kind: LiveComponent['kind'], sent: Component, id: string = randomUUID()): LiveComponent {
    const component: LiveComponent = {
      kind,
      id,
      body: sent,
      version: 0,
      state: kind === 'controllerServices' ? 'DISABLED' : isPart({ kind }) ? 'STOPPED' : '',
      bounces: 0,
      isStarting: false,
      busyUntil: 0,
      queued: 0
    }
    if (sent['scheduledState'] === 'DISABLED' && isPart(component)) component.state = 'DISABLED'
    component.body = this.#filledIn(kind, sent)
    return component
  }

  /** Defaults, descriptors, and services outside of the flow by the identifiers they have here. */
  #filledIn(kind: LiveComponent['kind'], sent: Component): Component {
    const { instanceIdentifier: _instance, groupIdentifier: _group, ...body } = sent
    if (kind !== 'processors' && kind !== 'controllerServices') return { ...body, identifier: sent.identifier }
    const own = (kind === 'processors' ? types : serviceTypes)[shownAs(body['type'])]
    const given = isBody(body['properties']) ? body['properties'] : {}
    const defaults = Object.fromEntries(
      Object.entries(own ?? {}).map(([name, { fallback }]) => [name, fallback ?? null])
    )
    const dynamic = Object.keys(given).filter((name) => own?.[name] === undefined && given[name] !== null)
    const descriptors = Object.entries(own ?? {}).map(
      ([name, { displayName, service }]) =>
        [
          name,
          {
            name,
            displayName: displayName ?? name,
            identifiesControllerService: service === true,
            sensitive: false,
            ...this.#dynamic(false)
          }
        ] as const
    )
    const filled = {
      ...defaults,
      ...Object.fromEntries(
        Object.entries(given).filter(([name, value]) => own?.[name] !== undefined || value !== null)
      )
    }
    return {
      ...body,
      identifier: sent.identifier,
      bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: this.version },
      ...(kind === 'processors' && {
        style: {},
        retryCount: 10,
        backoffMechanism: 'PENALIZE_FLOWFILE',
        maxBackoffPeriod: '10 mins',
        scheduledState: 'ENABLED',
        ...defined(body)
      }),
      ...(own !== undefined && {
        bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: this.version }
      }),
      properties: filled,
      propertyDescriptors: Object.fromEntries([
        ...descriptors,
        ...dynamic.map(
          (name) =>
            [
              name,
              { name, displayName: name, identifiesControllerService: false, sensitive: false, ...this.#dynamic(true) }
            ] as const
        )
      ])
    }
  }

  /** 2.x tells which properties are dynamic. */
  #dynamic(dynamic: boolean): Body {
    return this.version === '2.3.0' ? { dynamic } : {}
  }

  /** Ends of connections carry the live ids. */
  #link(group: LiveGroup): void {
    const ids = new Map(this.#all(group).map(({ component }) => [component.body.identifier, component.id]))
    for (const component of group.components) {
      if (component.kind !== 'connections') continue
      const end = (side: Json | undefined): Body =>
        isBody(side)
          ? {
              ...side,
              ...(ids.has(shownAs(side['id'])) && { instanceIdentifier: ids.get(shownAs(side['id'])) ?? null })
            }
          : {}
      component.body = {
        ...component.body,
        source: end(component.body['source']),
        destination: end(component.body['destination'])
      }
    }
  }

  // Replacing

  #replace(group: LiveGroup, { processGroupRevision, versionedFlowSnapshot }: Body): Answer {
    const stale = this.#isStale(processGroupRevision, group)
    if (stale !== undefined) return stale
    if (group.versioned) return refused(409, 'Cannot replace a Process Group that is under version control')
    if (!isBody(versionedFlowSnapshot) || !isBody(versionedFlowSnapshot['flowContents']))
      return refused(400, 'Versioned Flow Snapshot must be supplied')
    const snapshot = versionedFlowSnapshot
    const contents = versionedFlowSnapshot['flowContents']
    const affected = this.#affected(group, contents)
    const stopping = affected.find((part) => this.#isStopping(part))
    const stopped = affected.filter(({ state }) => state === 'RUNNING')
    for (const part of stopped) this.#move(part, 'STOPPED')
    for (const part of stopped) part.bounces += 1
    const restart = (): void => stopped.forEach((part) => this.#move(part, 'RUNNING'))
    const finish = (): string | undefined => {
      if (stopping !== undefined) {
        restart()
        return `Failed to perform update flow request due to Cannot set AnnotationData on GenerateFlowFile[id=${stopping.id}] while processor is running`
      }
      const doomed = this.#doomed(group, contents).find(({ queued }) => queued > 0)
      if (doomed !== undefined) {
        restart()
        const ends = [doomed.body['source'], doomed.body['destination']].map((end) =>
          isBody(end) ? shownAs(end['instanceIdentifier']) : ''
        )
        return `Failed to update flow because the proposed flow does not contain a match for Connection[ID=${doomed.id}, Source ID=${ends[0]}, Dest ID=${ends[1]}] and the connection currently has data in the queue.`
      }
      if ((this.faults.halfReplacements ?? 0) > 0) {
        this.faults.halfReplacements = (this.faults.halfReplacements ?? 0) - 1
        this.#applyHalf(group, contents)
        return `Failed to perform update flow request due to something on ${group.components[0]?.id ?? group.id}`
      }
      this.#apply(group, contents, snapshot)
      if (this.faults.leavesStopped === true)
        return 'Successfully updated flow but could not re-enable all Controller Services because one of them is in a state of DISABLING'
      restart()
      return undefined
    }
    return this.#begin('replace', this.faults.stuck === true ? Number.POSITIVE_INFINITY : 100, finish)
  }

  /** What NiFi stops for it: processors that are changed or removed, and those at the ends of such connections. */
  #affected(group: LiveGroup, contents: Body): readonly LiveComponent[] {
    const proposed = new Map(bodiesIn(contents).map((body) => [shownAs(body['identifier']), body]))
    const all = this.#all(group).map(({ component }) => component)
    const changed = all.filter((component) =>
      isTouched(component, proposed.get(component.body.identifier), this.version)
    )
    const ends = new Set(
      changed
        .filter(({ kind }) => kind === 'connections')
        .flatMap(({ body }) =>
          [body['source'], body['destination']].map((end) => (isBody(end) ? end['instanceIdentifier'] : null))
        )
    )
    return all.filter((component) => isPart(component) && (changed.includes(component) || ends.has(component.id)))
  }

  #doomed(group: LiveGroup, contents: Body): readonly LiveComponent[] {
    const proposed = new Set(bodiesIn(contents).map((body) => body['identifier']))
    return this.#all(group)
      .map(({ component }) => component)
      .filter(({ kind, body }) => kind === 'connections' && !proposed.has(body.identifier))
  }

  #apply(group: LiveGroup, contents: Body, snapshot: Body): void {
    if (typeof contents['name'] === 'string') group.name = contents['name']
    group.comments = textOrNull(contents['comments'])
    this.#bindAll(group, contents, snapshot)
    group.fields = { ...group.fields, ...fieldsOf(contents) }
    this.#written(group)
    this.#applyComponents(group, contents, snapshot)
    this.#link(group)
  }

  #applyComponents(group: LiveGroup, contents: Body, snapshot: Body): void {
    for (const kind of componentKinds) {
      const proposed = asList(contents[kind])
      group.components = group.components.filter(
        (component) =>
          component.kind !== kind || proposed.some(({ identifier }) => identifier === component.body.identifier)
      )
      for (const body of proposed) {
        const present = group.components.find(
          (component) => component.kind === kind && component.body.identifier === body['identifier']
        )
        const sent = { ...body, identifier: shownAs(body['identifier'] ?? randomUUID()) }
        if (present === undefined) group.components.push(this.#newComponent(kind, sent))
        else {
          present.body = this.#filledIn(kind, { ...sent, ...this.#unchanging(present) })
          present.version += 1
        }
      }
    }
    const inner = asList(contents['processGroups'])
    group.groups = group.groups.filter(({ identifier }) => inner.some((each) => each['identifier'] === identifier))
    for (const body of inner) {
      const present = group.groups.find(({ identifier }) => identifier === body['identifier'])
      if (present !== undefined) {
        this.#bindAll(present, body, snapshot)
        this.#applyComponents(present, body, snapshot)
      } else {
        const child = this.#newGroup(randomUUID(), group.id)
        Object.assign(child, { name: shownAs(body['name']), identifier: shownAs(body['identifier']) })
        group.groups.push(child)
        this.#bindAll(child, body, snapshot)
        this.#fill(child, body, snapshot)
      }
    }
  }

  /** Measured: the type of what is there stays, whatever is sent, and on 1.18 the source of a connection. */
  #unchanging({ kind, body }: LiveComponent): Body {
    const { type, source } = body
    const ignored =
      kind === 'processors'
        ? (this.faults.ignoredFields ?? []).map((field): [string, Json] => [field, body[field] ?? null])
        : []
    return {
      ...Object.fromEntries(ignored),
      ...(type !== undefined && { type }),
      ...(kind === 'connections' && this.version === '1.18.0' && source !== undefined && { source })
    }
  }

  /** Comments come first, and the first processor that is touched: measured on 1.18. */
  #applyHalf(group: LiveGroup, contents: Body): void {
    group.comments = typeof contents['comments'] === 'string' ? contents['comments'] : null
    const [first] = asList(contents['processors']).filter((body) =>
      isTouched(
        group.components.find((component) => component.body.identifier === body['identifier']),
        body,
        this.version
      )
    )
    const present = group.components.find((component) => component.body.identifier === first?.['identifier'])
    if (first !== undefined && present !== undefined)
      present.body = this.#filledIn('processors', { ...first, identifier: present.body.identifier })
    else if (first !== undefined)
      group.components.push(this.#newComponent('processors', { ...first, identifier: shownAs(first['identifier']) }))
    this.#written(group)
  }

  // Asynchronous requests

  #drop(connectionId: string): Answer {
    const found = this.#all(this.root).find(({ component }) => component.id === connectionId)
    if (found === undefined) return refused(404, `Unable to find connection with id '${connectionId}'.`)
    const { component } = found
    return this.#begin(
      'drop',
      15,
      (pending) => {
        pending.droppedCount = component.queued
        component.queued = 0
        return undefined
      },
      202
    )
  }

  #begin(kind: Pending['kind'], ms: number, finish: (pending: Pending) => string | undefined, status = 200): Answer {
    const pending: Pending = {
      id: randomUUID(),
      kind,
      doneAt: this.clock.now() + ms,
      finish: () => finish(pending),
      cancel: () => undefined,
      isOver: false,
      droppedCount: 0
    }
    this.#pending.set(pending.id, pending)
    return { status, body: show(pending) }
  }

  #advance(): void {
    for (const pending of this.#pending.values()) {
      if (pending.isOver || this.clock.now() < pending.doneAt) continue
      pending.isOver = true
      const reason = pending.finish()
      if (reason !== undefined) pending.failureReason = reason
    }
  }

  /** One that is taken away before it is over is cancelled: what it stopped stays stopped. */
  #request(method: string, id: string): Answer {
    const pending = this.#pending.get(id)
    if (pending === undefined) return refused(404, `Could not find a Request with identifier ${id}`)
    if (method === 'DELETE') this.#pending.delete(id)
    return ok(show(pending))
  }

  // Small things

  #isStopping({ state, busyUntil }: LiveComponent): boolean {
    return state === 'STOPPED' && this.clock.now() < busyUntil
  }

  #move(component: LiveComponent, state: string): void {
    component.state = state
    component.version += 1
    component.lastClient = this.clientId
  }

  #written(group: LiveGroup, client: string | null = this.clientId): void {
    group.version += 1
    group.lastClient = client ?? this.clientId
  }

  #groups(group: LiveGroup): readonly LiveGroup[] {
    return [group, ...group.groups.flatMap((inner) => this.#groups(inner))]
  }

  #all(group: LiveGroup): readonly { readonly component: LiveComponent; readonly parent: LiveGroup }[] {
    return this.#groups(group).flatMap((parent) => parent.components.map((component) => ({ component, parent })))
  }
}

const unexpected = 'An unexpected error has occurred. Please check the logs for additional details.'

/** Without one of these an import answers 500. */
const required: Readonly<Partial<Record<LiveComponent['kind'], readonly string[]>>> = {
  processors: [
    'name',
    'position',
    'bundle',
    'properties',
    'propertyDescriptors',
    'schedulingStrategy',
    'executionNode',
    'penaltyDuration',
    'yieldDuration',
    'bulletinLevel',
    'runDurationMillis',
    'concurrentlySchedulableTaskCount'
  ],
  connections: [
    'source',
    'destination',
    'labelIndex',
    'zIndex',
    'selectedRelationships',
    'backPressureObjectThreshold',
    'backPressureDataSizeThreshold',
    'flowFileExpiration'
  ]
}

/** Missing or changed, these stop a processor, also where it ends at the same default. */
const strict = [
  'style',
  'retryCount',
  'backoffMechanism',
  'maxBackoffPeriod',
  'schedulingPeriod',
  'schedulingStrategy',
  'executionNode',
  'penaltyDuration',
  'yieldDuration',
  'bulletinLevel',
  'runDurationMillis',
  'concurrentlySchedulableTaskCount',
  'name',
  'type'
]

function isTouched(component: LiveComponent | undefined, proposed: Body | undefined, version: string): boolean {
  if (component === undefined || proposed === undefined) return true
  const fields =
    component.kind === 'processors'
      ? [...strict, ...(version === '1.18.0' ? ['scheduledState', 'position'] : [])]
      : component.kind === 'connections'
        ? [
            'selectedRelationships',
            'backPressureObjectThreshold',
            'backPressureDataSizeThreshold',
            'flowFileExpiration'
          ]
        : []
  if (fields.some((field) => JSON.stringify(component.body[field] ?? null) !== JSON.stringify(proposed[field] ?? null)))
    return true
  const [before, after] = [component.body['properties'], proposed['properties']].map((each) =>
    isBody(each) ? each : {}
  )
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].some(
    (name) => (before?.[name] ?? null) !== (after?.[name] ?? null)
  )
}

function isPart({ kind }: Pick<LiveComponent, 'kind'>): boolean {
  return kind === 'processors' || kind === 'inputPorts' || kind === 'outputPorts'
}

function bodiesIn(contents: Body): readonly Body[] {
  return [
    ...componentKinds.flatMap((kind) => asList(contents[kind])),
    ...asList(contents['processGroups']).flatMap(bodiesIn)
  ]
}

/** The group's own fields. */
function fieldsOf(contents: Body): Body {
  const apart = new Set<string>([
    ...componentKinds,
    'processGroups',
    'remoteProcessGroups',
    'identifier',
    'instanceIdentifier',
    'groupIdentifier',
    'name',
    'comments',
    'parameterContextName'
  ])
  return Object.fromEntries(Object.entries(contents).filter(([field]) => !apart.has(field)))
}

function defined(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

function show({ id, kind, isOver, failureReason, droppedCount }: Pending): Json {
  if (kind === 'drop')
    return {
      dropRequest: {
        id,
        finished: isOver,
        percentCompleted: isOver ? 100 : 0,
        droppedCount,
        failureReason: failureReason ?? null
      }
    }
  return {
    request: {
      requestId: id,
      complete: isOver,
      state: 'Stopping Affected Processors',
      failureReason: failureReason ?? null
    }
  }
}

function ok(body: Json): Answer {
  return { status: 200, body }
}

function refused(status: number, words: string): Answer {
  return { status, body: words }
}

function isBody(value: Json | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asList(value: Json | undefined): readonly Body[] {
  return Array.isArray(value) ? value.filter((each: Json) => isBody(each)) : []
}

function shownAs(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}
