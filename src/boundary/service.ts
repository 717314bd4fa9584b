/**
 * The boundary between the framework and a plugin: nothing that crosses it is trusted. Guarded objects keep the promises of the
 * contract or throw PLUGIN_FAULT; what is wrong with one item stays with that item.
 * @module
 */
import type { AnyKind, AnyResource, CheckContext, Desired, ItemResult, Json, Plugin, Remark, Service } from '../contract.ts'
import { type ReconcileError, toReconcileError } from '../errors.ts'
import { shown, thrownBy, violation, type Asked } from './fault.ts'
import { checkFields } from './fields.ts'
import { isJson } from './json.ts'
import { checkKinds } from './kinds.ts'
import { checkRemarks, heldBy } from './remarks.ts'
import { checkResults } from './results.ts'
import { checkObserved } from './sightings.ts'

/** Is called with every fault, also those that only hold one item; `cause` is what the plugin threw, if it did. Must not throw. */
export type OnFault = (fault: ReconcileError) => void

const silent: OnFault = () => undefined

/** What is guarded already is unwrapped first, so that nothing is checked twice. */
const kindBehind = new WeakMap<AnyKind, AnyKind>()
const resourceBehind = new WeakMap<AnyResource, AnyResource>()

type Verb = 'create' | 'update' | 'remove'

/** The plugin, guarded. Throws PLUGIN_FAULT for kinds that cannot be told apart or asked. */
export function guardPlugin(plugin: Plugin): Plugin {
  const { name, kinds } = plugin
  checkKinds(name, kinds, ['compare'])
  return {
    name,
    kinds: kinds.map((kind) => guardKind(name, kind, silent)),
    open: (environment) => {
      const service: unknown = attempt({ plugin: name }, 'open', silent, () => plugin.open(environment))
      if (!isService(service)) throw violation({ plugin: name }, 'open', 'a service with name, resources, identity and close', shown(service))
      const guarded = guardService(service)
      const [declared, opened] = [kinds, guarded.resources].map((each) => each.map(({ kind }) => kind).join(', '))
      if (service.name === name && opened === declared) return guarded
      throw violation({ plugin: name }, 'open', `a service "${name}" with resources of ${declared}`, `"${service.name}" with ${opened}`)
    }
  }
}

/** The service, guarded. Throws PLUGIN_FAULT for resources that cannot be told apart or asked. */
export function guardService(service: Service, onFault: OnFault = silent): Service {
  const { name } = service
  checkKinds(name, service.resources, ['compare', 'observe'])
  return {
    name,
    resources: service.resources.map((resource) => guardResource(name, resource, onFault)),
    identity: async (signal) => {
      const id = await attemptAsync({ plugin: name }, 'identity', onFault, () => service.identity(signal))
      return attempt({ plugin: name }, 'identity', onFault, () => textOf({ plugin: name }, 'identity', id))
    },
    close: () => service.close()
  }
}

function textOf(asked: Asked, what: string, answer: unknown): string {
  if (typeof answer === 'string' && answer !== '') return answer
  throw violation(asked, what, 'text', shown(answer))
}

function isService(value: unknown): value is Service {
  return typeof value === 'object' && value !== null && 'name' in value && 'resources' in value && 'identity' in value && 'close' in value
}

/** The pure half of a resource, guarded. */
function guardKind(plugin: string, guarded: AnyKind, onFault: OnFault): AnyKind {
  const kind = kindBehind.get(guarded) ?? guarded
  const asked: Asked = { plugin, kind: kind.kind }
  const ask = <T>(what: string, work: () => T): T => attempt(asked, what, onFault, work)
  const own: AnyKind = {
    ...dataOf(kind),
    ...(kind.batching !== undefined && { batching: { limit: kind.batching.limit, weigh: (spec) => weightOf(kind, spec) } }),
    ...(kind.complete !== undefined && { complete: (spec, files) => ask('complete', () => kind.complete?.(spec, files)) }),
    compare: (spec, state) => ask('compare', () => checkFields(asked, 'compare', kind.compare(spec, state), onFault)),
    ...(kind.undeclared !== undefined && {
      undeclared: (spec, state) => ask('undeclared', () => checkFields(asked, 'undeclared', kind.undeclared?.(spec, state), onFault))
    }),
    ...(kind.check !== undefined && { check: (desired, context) => checkedBy(kind, asked, desired, context, onFault) }),
    ...(kind.describe !== undefined && { describe: (state) => ask('describe', () => described(asked, kind.describe?.(state))) })
  }
  kindBehind.set(own, kind)
  return own
}

function guardResource(plugin: string, guarded: AnyResource, onFault: OnFault): AnyResource {
  const resource = resourceBehind.get(guarded) ?? guarded
  const asked: Asked = { plugin, kind: resource.kind }
  const write = async (verb: Verb, names: readonly string[], call: () => unknown): Promise<readonly ItemResult[]> => {
    const answer = await attemptAsync(asked, verb, onFault, call)
    return checkResults(asked, verb, answer, names, onFault)
  }
  const own: AnyResource = {
    ...guardKind(plugin, resource, onFault),
    observe: async (desired, options) => {
      const answer = await attemptAsync(asked, 'observe', onFault, () => resource.observe(desired, options))
      return attempt(asked, 'observe', onFault, () => checkObserved(asked, answer, onFault))
    },
    ...(resource.create !== undefined && { create: (items, signal) => write('create', namesOf(items), () => resource.create?.(items, signal)) }),
    ...(resource.update !== undefined && {
      update: (items, signal) => write('update', namesOf(items.map(({ desired }) => desired)), () => resource.update?.(items, signal))
    }),
    ...(resource.remove !== undefined && { remove: (items, signal) => write('remove', namesOf(items), () => resource.remove?.(items, signal)) })
  }
  resourceBehind.set(own, resource)
  return own
}

/** All that a kind says of itself without being asked, also what a class or a newer contract says. */
function dataOf(kind: AnyKind): Omit<AnyKind, 'compare'> {
  const data: Record<PropertyKey, unknown> = {}
  for (let level: object | null = kind; level !== null && level !== Object.prototype; level = prototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) {
      const value: unknown = name in data ? undefined : Reflect.get(kind, name)
      if (value !== undefined && typeof value !== 'function') data[name] = value
    }
  }
  const { kind: name, file, schema } = kind
  return { ...data, kind: name, file, schema }
}

function prototypeOf(level: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(level)
  return typeof prototype === 'object' ? prototype : null
}

/** An item whose weight the plugin cannot tell fills a call of its own. */
function weightOf({ batching }: AnyKind, spec: unknown): number {
  try {
    const weight = batching?.weigh(spec)
    return typeof weight === 'number' && weight >= 0 ? weight : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Rules that cannot be asked hold every item of their kind: what they would have said of it is not known. */
function checkedBy(
  kind: AnyKind,
  asked: Asked,
  desired: readonly Desired<unknown>[],
  context: CheckContext<unknown, unknown>,
  onFault: OnFault
): readonly Remark[] {
  try {
    return attempt(asked, 'check', onFault, () => checkRemarks(asked, kind.check?.(desired, context), new Set(namesOf(desired)), onFault))
  } catch (error) {
    const fault = toReconcileError(error)
    return desired.map(({ name }) => heldBy(name, fault))
  }
}

function described(asked: Asked, answer: unknown): Json {
  if (!isJson(answer) || typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw violation(asked, 'describe', 'a declaration that JSON can hold', shown(answer))
  }
  return answer
}

function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name)
}

function attempt<T>(asked: Asked, what: string, onFault: OnFault, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw told(thrownBy(asked, what, error), onFault)
  }
}

async function attemptAsync(asked: Asked, what: string, onFault: OnFault, work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    throw told(thrownBy(asked, what, error), onFault)
  }
}

function told(error: ReconcileError, onFault: OnFault): ReconcileError {
  if (error.code === 'PLUGIN_FAULT') onFault(error)
  return error
}
