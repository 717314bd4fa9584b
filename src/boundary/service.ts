/**
 * The boundary between the framework and a plugin: nothing that crosses it is trusted. Guarded objects keep the
 * promises of the contract or throw PLUGIN_FAULT; what is wrong with one item stays with that item.
 * @module
 */
import type { AnyResource, ItemResult, Plugin, Service } from '../contract.ts'
import { attempt, attemptAsync, type OnFault } from './attempt.ts'
import { shown, violation, type Asked } from './fault.ts'
import { guardKind, namesOf } from './kind.ts'
import { checkKinds } from './kinds.ts'
import { checkResults } from './results.ts'
import { checkObserved } from './sightings.ts'

const silent: OnFault = () => undefined

/** What is guarded already is unwrapped first, so that nothing is checked twice. */
const behind = new WeakMap<AnyResource, AnyResource>()

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
      if (!isService(service)) {
        throw violation({ plugin: name }, 'open', 'a service with name, resources, identity and close', shown(service))
      }
      const guarded = guardService(service)
      const [declared, opened] = [kinds, guarded.resources].map((each) => each.map(({ kind }) => kind).join(', '))
      if (service.name === name && opened === declared) return guarded
      throw violation(
        { plugin: name },
        'open',
        `a service "${name}" with resources of ${declared}`,
        `"${service.name}" with ${opened}`
      )
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
    identity: async (cycle) => {
      const id = await attemptAsync({ plugin: name }, 'identity', onFault, () => service.identity(cycle))
      return attempt({ plugin: name }, 'identity', onFault, () => checkedText({ plugin: name }, 'identity', id))
    },
    close: () => service.close()
  }
}

function checkedText(asked: Asked, what: string, answer: unknown): string {
  if (typeof answer === 'string' && answer !== '') return answer
  throw violation(asked, what, 'text', shown(answer))
}

function isService(value: unknown): value is Service {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'resources' in value &&
    'identity' in value &&
    'close' in value
  )
}

function guardResource(plugin: string, guarded: AnyResource, onFault: OnFault): AnyResource {
  const resource = behind.get(guarded) ?? guarded
  const asked: Asked = { plugin, kind: resource.kind }
  const write = async (verb: Verb, names: readonly string[], call: () => unknown): Promise<readonly ItemResult[]> => {
    const answer = await attemptAsync(asked, verb, onFault, call)
    return attempt(asked, verb, onFault, () => checkResults(asked, verb, answer, names, onFault))
  }
  const own: AnyResource = {
    ...guardKind(plugin, resource, onFault),
    observe: async (desired, cycle) => {
      const answer = await attemptAsync(asked, 'observe', onFault, () => resource.observe(desired, cycle))
      return attempt(asked, 'observe', onFault, () => checkObserved(asked, answer, onFault))
    },
    ...(resource.create !== undefined && {
      create: (items, call) => write('create', namesOf(items), () => resource.create?.(items, call))
    }),
    ...(resource.update !== undefined && {
      update: (items, call) =>
        write('update', namesOf(items.map(({ desired }) => desired)), () => resource.update?.(items, call))
    }),
    ...(resource.remove !== undefined && {
      remove: (items, call) => write('remove', namesOf(items), () => resource.remove?.(items, call))
    })
  }
  behind.set(own, resource)
  return own
}
