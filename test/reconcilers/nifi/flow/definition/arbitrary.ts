/**
 * Any groups that mean something, and the same group as another server, version or hand would write it.
 * @module
 */
import fc from 'fast-check'
import type { Json } from '../../../../../src/records.ts'
import type { Component, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { type Body, isBody } from '../../../../../reconcilers/nifi/json.ts'
import { mulberry } from '../../../../random.ts'

const text = fc.constantFrom('a', 'b', 'a.b', 'name', 'two words', 'ü', '')
const relationship = fc.constantFrom('success', 'failure', 'a,b')
const scheduled = fc.constantFrom('ENABLED', 'DISABLED')
const properties = fc.dictionary(
  fc.constantFrom('File Size', 'a.b', '__proto__', 'constructor', 'service'),
  fc.option(fc.constantFrom('1KB', '2KB', '#{size}', '')),
  { maxKeys: 3 }
)
const bundle = fc.record({
  group: fc.constant('org.apache.nifi'),
  artifact: fc.constantFrom('nifi-standard-nar', 'nifi-other-nar'),
  version: fc.constantFrom('1.18.0', '2.3.0')
})

const maybe = { requiredKeys: [] }
const common = { name: text, comments: text }
const fields: Readonly<Record<string, fc.Arbitrary<Body>>> = {
  processors: fc
    .tuple(
      fc.record({ type: fc.constantFrom('org.x.Generate', 'org.x.Log'), name: text, properties }),
      fc.record(
        {
          comments: text,
          bundle,
          schedulingPeriod: fc.constantFrom('0 sec', '1 min'),
          retryCount: fc.constantFrom(10, 3),
          bulletinLevel: fc.constantFrom('WARN', 'INFO'),
          autoTerminatedRelationships: fc.uniqueArray(relationship),
          scheduledState: scheduled
        },
        maybe
      )
    )
    .map(([own, more]) => ({ ...own, ...more })),
  controllerServices: fc.record({
    ...common,
    type: fc.constantFrom('org.x.Cache', 'org.x.Reader'),
    properties,
    bulletinLevel: fc.constantFrom('WARN', 'ERROR')
  }),
  inputPorts: fc.record({
    ...common,
    type: fc.constant('INPUT_PORT'),
    allowRemoteAccess: fc.boolean(),
    concurrentlySchedulableTaskCount: fc.constantFrom(1, 2),
    portFunction: fc.constantFrom('STANDARD', 'FAILURE')
  }),
  outputPorts: fc.record({ ...common, type: fc.constant('OUTPUT_PORT'), allowRemoteAccess: fc.boolean() }),
  funnels: fc.constant({}),
  labels: fc.record({ label: text }),
  remoteProcessGroups: fc.record({
    targetUris: fc.constantFrom('http://a', 'http://b'),
    transportProtocol: fc.constantFrom('RAW', 'HTTP')
  }),
  connections: fc.record({
    name: text,
    source: fc.record({ id: fc.constantFrom('p0', 'p1'), type: fc.constant('PROCESSOR') }),
    destination: fc.record({ id: fc.constantFrom('p0', 'p1'), type: fc.constant('PROCESSOR') }),
    selectedRelationships: fc.uniqueArray(relationship),
    backPressureObjectThreshold: fc.constantFrom(10_000, 5),
    prioritizers: fc.uniqueArray(fc.constantFrom('org.x.First', 'org.x.Newest'))
  })
}

const own = fc.record(
  {
    ...common,
    parameterContextName: fc.constantFrom('one', 'two'),
    flowFileConcurrency: fc.constantFrom('UNBOUNDED', 'SINGLE_FLOWFILE_PER_NODE'),
    executionEngine: fc.constantFrom('INHERITED', 'STATELESS'),
    defaultBackPressureObjectThreshold: fc.constantFrom(10_000, 7)
  },
  maybe
)

function listOf(list: string, fieldsOfOne: fc.Arbitrary<Body>): fc.Arbitrary<readonly Component[]> {
  const identifiers = ['p0', 'p1', 'p2'].map((identifier) =>
    list === 'processors' ? identifier : `${list} ${identifier}`
  )
  return fc
    .uniqueArray(fc.constantFrom(...identifiers))
    .chain((chosen) => fc.tuple(...chosen.map((identifier) => fieldsOfOne.map((body) => ({ ...body, identifier })))))
}

/** Groups at most `depth` levels deep; two of them share many identifiers. */
export function groups(depth = 1): fc.Arbitrary<Group> {
  const lists = fc.record(
    Object.fromEntries(Object.entries(fields).map(([list, one]) => [list, listOf(list, one)])),
    maybe
  )
  const inner: fc.Arbitrary<Group> =
    depth === 0
      ? fc.constant({})
      : fc
          .uniqueArray(fc.constantFrom('g0', 'g1'))
          .chain((chosen) =>
            fc.tuple(...chosen.map((identifier) => groups(depth - 1).map((group) => ({ ...group, identifier }))))
          )
          .map((processGroups) => ({ processGroups }))
  return fc
    .tuple(own, lists, inner)
    .map(([fieldsOfOne, components, below]) => ({ ...fieldsOfOne, ...components, ...below }))
}

/** Defaults as a server fills them in. */
const filled: Readonly<Record<string, Body>> = {
  processors: {
    comments: '',
    retryCount: 10,
    style: {},
    bulletinLevel: 'WARN',
    scheduledState: 'ENABLED',
    autoTerminatedRelationships: [],
    annotationData: null
  },
  inputPorts: { portFunction: 'STANDARD' },
  connections: { bends: [{ x: 1, y: 2 }], flowFileExpiration: '0 sec', partitioningAttribute: '', labelIndex: 4 },
  processGroups: {
    flowFileConcurrency: 'UNBOUNDED',
    defaultBackPressureObjectThreshold: 10_000,
    executionEngine: 'INHERITED'
  }
}

/**
 * The same group, written otherwise by a server: lists in another order, other instance ids, another identifier of the top
 * group wherever it is mentioned, defaults filled in or left out, null for absent, numbers as text, positions, versions.
 */
export function otherwise(group: Group, seed: number): Group {
  const random = mulberry(seed)
  const top = `top-${seed}`
  const change = (list: string, component: Body, home: string): Body => {
    const kept = Object.entries({ ...(random() < 0.5 ? filled[list] : {}), ...component }).map(
      ([field, value]): [string, Json] => [field, valueOtherwise(field, value, random)]
    )
    return {
      ...Object.fromEntries(shuffled(kept, random)),
      instanceIdentifier: `i-${Math.floor(random() * 1e9)}`,
      groupIdentifier: home,
      componentType: list.toUpperCase(),
      position: { x: random(), y: random() },
      ...(random() < 0.5 ? { zIndex: 7 } : {})
    }
  }
  const walk = (each: Group, home: string): Group => {
    const lists = Object.keys(fields).flatMap((list): [string, Json][] => {
      const components: unknown = each[list]
      if (!Array.isArray(components)) return random() < 0.5 ? [[list, []]] : []
      return [
        [
          list,
          shuffled(
            components.map((component: Body) => change(list, component, home)),
            random
          )
        ]
      ]
    })
    const inner = (each.processGroups ?? []).map((child) => ({
      ...walk(child, child.identifier),
      identifier: child.identifier
    }))
    return {
      ...change(
        'processGroups',
        Object.fromEntries(Object.entries(each).filter(([field]) => !(field in fields) && field !== 'processGroups')),
        home
      ),
      ...Object.fromEntries(lists),
      processGroups: shuffled(inner, random)
    }
  }
  return { ...walk(group, top), identifier: top }
}

function valueOtherwise(field: string, value: Json, random: () => number): Json {
  const more = {
    version: String(random()),
    groupId: String(random()),
    name: String(random()),
    instanceIdentifier: String(random())
  }
  if (Array.isArray(value)) return field === 'prioritizers' ? value : shuffled<Json>(value, random)
  if (field === 'comments' && value === '') return random() < 0.5 ? null : ''
  if (typeof value === 'number') return random() < 0.5 ? String(value) : value
  if (!isBody(value)) return value
  if (field === 'bundle' || field === 'source' || field === 'destination') return { ...value, ...more }
  return Object.fromEntries(
    shuffled(Object.entries(value), random).filter(([, each]) => each !== null || random() < 0.5)
  )
}

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
