/**
 * A flow written by hand → the definition NiFi imports.
 * @module
 */
import { joinPath, ReconcileError } from '../../../../src/plugin.ts'
import type { Content, Group } from '../definition/model.ts'
import { connectionOf, funnelOf, labelOf, portOf, processorOf, serviceOf, type Place } from './components.ts'
import { inlineFaults } from './faults.ts'
import { gridPoint, layOut } from './layout.ts'
import { resolveConnections } from './resolve.ts'
import type { InlineGroup, Properties } from './spec.ts'

/** What a group has of those around it. */
interface Scope {
  /** Stands before the identifiers of its components: `inner/`. */
  readonly prefix: string
  /** Keys of the services it may use → their identifiers; the nearest counts. */
  readonly services: ReadonlyMap<string, string>
  readonly parameterContext: string | null
}

/**
 * The definition a hand-written flow stands for. Pure, and the order of its keys and connections makes no difference.
 * Identifiers come from keys: `gen`, `inner/gen`, `gen:success -> log`. A property that is the key of a service of the
 * group, or else of one around it, refers to that service. Types are as written and bundles absent until
 * `ComponentTypes` resolves them. The group itself has no name, since a spec does not know its own.
 * Contexts are named and not brought along. Throws CONFIG_INVALID for what the schema refuses by the same rules.
 */
export function compileInline(spec: InlineGroup): Content {
  const faults = inlineFaults(spec)
  if (faults.length > 0)
    throw new ReconcileError(
      'CONFIG_INVALID',
      faults.map(({ path, message }) => `${joinPath(path)}: expected ${message}`).join('; ')
    )
  const group = compileGroup(spec, { prefix: '', services: new Map(), parameterContext: null })
  return { form: 'inline', group, parameterContexts: {}, externalControllerServices: {} }
}

function compileGroup(spec: InlineGroup, { prefix, services: around, parameterContext: inherited }: Scope): Group {
  const parameterContext = spec.parameterContext === undefined ? inherited : spec.parameterContext
  const services = new Map([
    ...around,
    ...Object.keys(spec.services ?? {}).map((key) => [key, `${prefix}${key}`] as const)
  ])
  const connections = [...resolveConnections(spec).connections.values()]
  const points = layOut(
    nodesOf(spec),
    connections.map(({ from, to }) => [from.node, to.node] as const)
  )
  const place = (key: string): Place => ({
    identifier: `${prefix}${key}`,
    key,
    position: points.get(key) ?? gridPoint(0, 0)
  })
  const inside = (properties: Properties = {}) => referring(properties, services)
  return {
    ...groupFields,
    comments: spec.comments ?? '',
    ...(parameterContext === null ? {} : { parameterContextName: parameterContext }),
    processors: sorted(spec.processors).map(([key, each]) => processorOf(place(key), each, inside(each.properties))),
    inputPorts: sorted(spec.inputPorts).map(([key, each]) => portOf('INPUT_PORT', place(key), each)),
    outputPorts: sorted(spec.outputPorts).map(([key, each]) => portOf('OUTPUT_PORT', place(key), each)),
    funnels: sorted(spec.funnels).map(([key]) => funnelOf(place(key))),
    labels: sorted(spec.labels).map(([key, each], row) =>
      labelOf({ ...place(key), position: gridPoint(-1, row) }, each)
    ),
    remoteProcessGroups: [],
    controllerServices: sorted(spec.services).map(([key, each]) =>
      serviceOf(`${prefix}${key}`, key, each, inside(each.properties))
    ),
    connections: connections.toSorted(byLabel).map((each) => connectionOf(prefix, each)),
    processGroups: sorted(spec.groups).map(([key, each]) => ({
      ...compileGroup(each, { prefix: `${prefix}${key}/`, services, parameterContext }),
      identifier: `${prefix}${key}`,
      name: each.name ?? key,
      position: { ...(points.get(key) ?? gridPoint(0, 0)) }
    }))
  }
}

/** NiFi's own defaults, which a person may have changed on the canvas. */
const groupFields = {
  flowFileConcurrency: 'UNBOUNDED',
  flowFileOutboundPolicy: 'STREAM_WHEN_AVAILABLE',
  defaultFlowFileExpiration: '0 sec',
  defaultBackPressureObjectThreshold: 10_000,
  defaultBackPressureDataSizeThreshold: '1 GB'
} as const

function nodesOf({ processors, inputPorts, outputPorts, funnels, groups }: InlineGroup): readonly string[] {
  return [processors, inputPorts, outputPorts, funnels, groups].flatMap((list) => Object.keys(list ?? {}))
}

function referring(properties: Properties, services: ReadonlyMap<string, string>): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, value === null ? null : (services.get(value) ?? value)])
  )
}

function sorted<T>(list: Readonly<Record<string, T>> | undefined): readonly (readonly [string, T])[] {
  return Object.entries(list ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function byLabel(a: { readonly label: string }, b: { readonly label: string }): number {
  return a.label < b.label ? -1 : 1
}
