/**
 * The parameter contexts of a NiFi in memory, with the rules of the real one: StandardParameterContextDAO and
 * StandardNiFiServiceFacade of 2.x, and what was measured on 1.18.0 and 2.3.0.
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Json } from '../../../../src/records.ts'
import type { Answer, Link, Request } from '../../../../reconcilers/nifi/connection/link.ts'

export interface HeldParameter {
  value: string | null
  sensitive: boolean
  description: string | null
}

export interface HeldContext {
  readonly id: string
  readonly name: string
  description: string
  readonly parameters: Map<string, HeldParameter>
  inherits: string[]
  version: number
  lastClient: string
  /** Whether we may read it. */
  isHidden: boolean
  /** Whether we may read it and not change it; nothing is refused for it here. */
  isReadOnly: boolean
}

const entry = z.object({
  parameter: z.strictObject({
    name: z.string(),
    description: z.string().nullish(),
    sensitive: z.boolean().nullish(),
    value: z.string().nullish(),
    valueRemoved: z.boolean().nullish()
  })
})
const parents = z.array(
  z.strictObject({ id: z.string(), component: z.strictObject({ id: z.string(), name: z.string() }) })
)
const posted = z.strictObject({
  id: z.string().optional(),
  revision: z.object({ version: z.number(), clientId: z.string() }),
  component: z.strictObject({
    id: z.string().optional(),
    name: z.string(),
    description: z.string().optional(),
    parameters: z.array(entry),
    inheritedParameterContexts: parents
  })
})
type Posted = z.output<typeof posted>
type Entry = z.output<typeof entry>['parameter']

const refused = (status: number, words: string): Answer => ({ status, body: words })

export class ContextServer implements Link {
  readonly clientId = 'us'
  /** Every request, in order. */
  readonly asked: Request[] = []
  readonly contexts: HeldContext[] = []
  /** Components that run, by the parameter they use, as `<context>/<parameter>`. */
  readonly running = new Map<string, readonly string[]>()
  /** Names of components that were stopped and started again. */
  readonly restarted: string[] = []
  /** Whether an update is over with its first answer, as small ones can be. */
  isPrompt = false
  /** Answers, or happens before, the next request that fits. */
  faults: { readonly on: RegExp; readonly act: () => Answer | Error | undefined }[] = []
  readonly #requests = new Map<string, string | undefined>()
  #count = 0

  /** Requests whose method and path fit. */
  of(what: RegExp): readonly Request[] {
    return this.asked.filter(({ method, path }) => what.test(`${method} ${path}`))
  }

  /** Makes one behind everybody's back. */
  hold(
    name: string,
    parameters: Readonly<Record<string, string | null | HeldParameter>> = {},
    rest: Partial<HeldContext> = {}
  ): HeldContext {
    const held = Object.entries(parameters).map(([parameter, value]): [string, HeldParameter] => [
      parameter,
      typeof value === 'string' || value === null ? { value, sensitive: false, description: null } : value
    ])
    const context = {
      id: `id-${(this.#count += 1)}`,
      name,
      description: '',
      parameters: new Map(held),
      inherits: [],
      version: 0,
      lastClient: 'people',
      isHidden: false,
      isReadOnly: false,
      ...rest
    }
    this.contexts.push(context)
    return context
  }

  /** What it holds by that name, the values of secrets included. */
  named(name: string): HeldContext {
    return this.contexts.find((context) => context.name === name) ?? assert.fail(`no context "${name}"`)
  }

  valuesOf(name: string): Readonly<Record<string, string | null>> {
    return Object.fromEntries([...this.named(name).parameters].map(([parameter, { value }]) => [parameter, value]))
  }

  ask(request: Request, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    this.asked.push(request)
    const line = `${request.method} ${request.path}`
    const fault = this.faults.find(({ on }) => on.test(line))
    if (fault !== undefined) {
      this.faults = this.faults.filter((other) => other !== fault)
      const answer = fault.act()
      if (answer instanceof Error) return Promise.reject(answer)
      if (answer !== undefined) return Promise.resolve(answer)
    }
    return Promise.resolve(this.#answer(request, line))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #answer({ path, body }: Request, line: string): Answer {
    if (line === 'GET /flow/about') return { status: 200, body: { about: { title: 'NiFi', version: '2.3.0' } } }
    if (line === 'GET /flow/cluster/summary')
      return {
        status: 200,
        body: {
          clusterSummary: { connectedNodeCount: 0, totalNodeCount: 0, connectedToCluster: false, clustered: false }
        }
      }
    if (line === 'GET /flow/parameter-contexts')
      return { status: 200, body: { parameterContexts: this.contexts.map((context) => this.#shown(context)) } }
    const single = this.contexts.find((context) => line === `GET /parameter-contexts/${context.id}`)
    if (single !== undefined) return { status: 200, body: this.#shown(single) }
    if (line === 'POST /parameter-contexts') return this.#create(posted.parse(body))
    const [, id = '', request] = /^\/parameter-contexts\/([^/]+)\/update-requests(?:\/(.+))?$/.exec(path) ?? []
    if (line.startsWith('POST ') && id !== '' && request === undefined) return this.#update(id, posted.parse(body))
    if (request === undefined || !this.#requests.has(request)) return refused(404, `unknown: ${line}`)
    const answer = this.#requestEntity(request, true)
    if (line.startsWith('DELETE ')) this.#requests.delete(request)
    return answer
  }

  #create({ component }: Posted): Answer {
    if (this.contexts.some(({ name }) => name === component.name))
      return refused(409, `Parameter Context with name ${component.name} already exists`)
    if (component.inheritedParameterContexts.some(({ id }) => !this.contexts.some((context) => context.id === id)))
      return refused(404, 'Unable to find Parameter Context')
    const context = this.hold(
      component.name,
      {},
      {
        description: component.description ?? '',
        lastClient: 'us',
        version: 1,
        inherits: component.inheritedParameterContexts.map(({ id }) => id)
      }
    )
    for (const { parameter } of component.parameters)
      context.parameters.set(parameter.name, {
        value: parameter.value ?? null,
        sensitive: parameter.sensitive ?? false,
        description: parameter.description ?? null
      })
    return { status: 201, body: this.#shown(context) }
  }

  #update(id: string, { revision, component }: Posted): Answer {
    const context = this.contexts.find((each) => each.id === id)
    if (context === undefined) return refused(404, 'Unable to find Parameter Context')
    if (revision.version !== context.version && revision.clientId !== context.lastClient) {
      return refused(
        400,
        `[${revision.version}, ${revision.clientId}, ${id}] is not the most up-to-date revision. This component appears to have been modified`
      )
    }
    const entries = component.parameters.map(({ parameter }) => parameter)
    const inherits = component.inheritedParameterContexts.map((parent) => parent.id)
    const refusal = this.#refusalOf(context, entries, inherits) ?? this.#circle(context, inherits)
    if (refusal !== undefined) return refusal
    const request = `request-${(this.#count += 1)}`
    this.#requests.set(request, this.#perform(context, component))
    return this.#requestEntity(request, this.isPrompt)
  }

  #refusalOf(
    { name, parameters }: HeldContext,
    entries: readonly Entry[],
    inherits: readonly string[]
  ): Answer | undefined {
    const isGiven = (parameter: string, above: readonly string[]): boolean =>
      this.contexts.some(
        (parent) =>
          above.includes(parent.id) && (parent.parameters.has(parameter) || isGiven(parameter, parent.inherits))
      )
    for (const each of entries) {
      const held = parameters.get(each.name)
      if (isRemoval(each) && held === undefined) return refused(500, 'An unexpected error has occurred')
      if (isRemoval(each) && this.running.has(`${name}/${each.name}`) && !isGiven(each.name, inherits))
        return refused(409, `Cannot remove parameter '${each.name}' because it is referenced by a running component`)
      if (!isRemoval(each) && held !== undefined && held.sensitive !== (each.sensitive ?? false))
        return refused(409, `Cannot change sensitivity of parameter '${each.name}'`)
      assert.notEqual(each.value, '********', 'a masked value was written')
    }
    return undefined
  }

  #circle(context: HeldContext, inherits: readonly string[]): Answer | undefined {
    const reaches = (id: string): boolean =>
      id === context.id || (this.contexts.find((each) => each.id === id)?.inherits ?? []).some(reaches)
    return inherits.some(reaches) ? refused(409, 'would create a cycle') : undefined
  }

  /** The reason of failure; nothing is changed then. */
  #perform(
    context: HeldContext,
    { description, parameters, inheritedParameterContexts }: Posted['component']
  ): string | undefined {
    for (const { parameter } of parameters) {
      const users = this.running.get(`${context.name}/${parameter.name}`) ?? []
      if (users.length > 0 && !isUpdated(parameter, context.parameters.get(parameter.name))) {
        return `Cannot update parameter '${parameter.name}' because it is referenced by ${users.join(', ')}, which is currently running`
      }
      this.restarted.push(...users)
    }
    for (const { parameter } of parameters) {
      if (isRemoval(parameter)) context.parameters.delete(parameter.name)
      else context.parameters.set(parameter.name, populated(parameter, context.parameters.get(parameter.name)))
    }
    if (description !== undefined) context.description = description
    context.inherits = inheritedParameterContexts.map(({ id }) => id)
    context.version += 1
    context.lastClient = this.clientId
    return undefined
  }

  #requestEntity(requestId: string, complete: boolean): Answer {
    const failureReason = this.#requests.get(requestId)
    return {
      status: 200,
      body: { request: { requestId, complete, ...(complete && failureReason !== undefined && { failureReason }) } }
    }
  }

  #shown({
    id,
    name,
    description,
    parameters,
    inherits,
    version,
    lastClient,
    isHidden,
    isReadOnly
  }: HeldContext): Json {
    const revision = { version, clientId: lastClient }
    if (isHidden) return { id, revision, permissions: { canRead: false, canWrite: false } }
    const entries = [...parameters].map(([parameter, held]) => ({
      canWrite: true,
      parameter: {
        name: parameter,
        description: held.description,
        sensitive: held.sensitive,
        value: held.sensitive && held.value !== null ? '********' : held.value,
        referencingComponents: (this.running.get(`${name}/${parameter}`) ?? []).map((user) => ({
          id: `id-${user}`,
          component: { name: user }
        }))
      }
    }))
    const named = inherits.map((parent) => ({
      id: parent,
      component: { id: parent, name: this.contexts.find((each) => each.id === parent)?.name ?? parent }
    }))
    return {
      id,
      revision,
      permissions: { canRead: true, canWrite: !isReadOnly },
      component: {
        id,
        name,
        description,
        parameters: entries,
        inheritedParameterContexts: named,
        boundProcessGroups: []
      }
    }
  }
}

function isRemoval({ description, sensitive, value }: Entry): boolean {
  return (description ?? sensitive ?? value ?? null) === null
}

/** StandardNiFiServiceFacade.getUpdatedParameterNames: only what uses one of these is stopped. */
function isUpdated({ value, description }: Entry, held: HeldParameter | undefined): boolean {
  if (held === undefined || (value ?? null) !== held.value) return true
  return typeof description === 'string' && description !== held.description
}

/** What an entry leaves out stays. */
function populated(
  { value, valueRemoved, sensitive, description }: Entry,
  held: HeldParameter | undefined
): HeldParameter {
  const kept = valueRemoved === true ? null : (held?.value ?? null)
  return { value: value ?? kept, sensitive: sensitive ?? false, description: description ?? held?.description ?? null }
}
