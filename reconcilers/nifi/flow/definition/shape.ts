/**
 * Whether a JSON value has the shape of a flow definition, and the definition it is.
 * @module
 */
import { isNumber, type Json } from '../../../../src/plugin.ts'
import { componentLists, type Component, type Content, type Group } from './model.ts'
import { type Body, asBody, fieldOf, isBody, itemsOf, textOf } from '../../json.ts'

/** Something that is not as it must be; `path` are steps from the top of the definition. */
export interface Misfit {
  readonly path: readonly string[]
  readonly expected: string
  readonly found: string
}

type Steps = readonly string[]

/** The definition, or everything that keeps a value from being one. Pure. */
export function shapeOf(json: Json): Content | readonly Misfit[] {
  if (!isBody(json)) return [misfit([], 'a flow definition', json)]
  const top = fieldOf(json, 'flowContents')
  if (!isBody(top)) {
    const expected = 'the process group of a flow definition, as "Download flow definition" of NiFi writes it'
    const isServer = top === undefined && isBody(fieldOf(json, 'rootGroup'))
    return [
      isServer
        ? {
            path: ['rootGroup'],
            expected,
            found: 'the flow of a whole server, as NiFi keeps it itself; download the group'
          }
        : misfit(['flowContents'], expected, top)
    ]
  }
  const misfits = [
    ...groupMisfits(top, ['flowContents']),
    ...['parameterContexts', 'externalControllerServices'].flatMap((field) => notBody(json, field, []))
  ]
  if (misfits.length > 0) return misfits
  const { parameterContexts, externalControllerServices } = json
  return {
    form: 'file',
    group: toGroup(top),
    parameterContexts: asBody(parameterContexts),
    externalControllerServices: asBody(externalControllerServices)
  }
}

function groupMisfits(group: Body, at: Steps): readonly Misfit[] {
  const lists = componentLists.flatMap((list) =>
    eachIn(group, list, at, (component, path) => componentMisfits(component, list !== 'connections', path))
  )
  const inner = eachIn(group, 'processGroups', at, (child, path) => [
    ...componentMisfits(child, true, path),
    ...groupMisfits(child, path)
  ])
  return [
    ...notText(group, 'name', at),
    ...notText(group, 'comments', at),
    ...notText(group, 'identifier', at),
    ...lists,
    ...inner
  ]
}

function eachIn(
  group: Body,
  list: string,
  at: Steps,
  check: (component: Body, path: Steps) => readonly Misfit[]
): readonly Misfit[] {
  const value = fieldOf(group, list) ?? null
  if (value !== null && !Array.isArray(value)) return [misfit([...at, list], 'a list', value)]
  return itemsOf(value).flatMap((item, index) => {
    const path = [...at, list, String(index)]
    return isBody(item) ? check(item, path) : [misfit(path, 'an object', item)]
  })
}

function componentMisfits(component: Body, needsIdentifier: boolean, at: Steps): readonly Misfit[] {
  const texts = ['identifier', 'name', 'type', 'comments'].flatMap((field) => notText(component, field, at))
  const objects = ['bundle', 'source', 'destination', 'properties', 'propertyDescriptors'].flatMap((field) =>
    notBody(component, field, at)
  )
  const identifier = fieldOf(component, 'identifier') ?? ''
  const anonymous =
    needsIdentifier && identifier === ''
      ? [
          misfit(
            [...at, 'identifier'],
            'text that is its own in the whole definition',
            identifier === '' ? undefined : identifier
          )
        ]
      : []
  const properties = Object.entries(asBody(component['properties'])).filter(
    ([, value]) => value !== null && typeof value !== 'string'
  )
  const numbers = numberFields.flatMap((field) => notNumber(component, field, at))
  const lists = listFields.flatMap((field) => notList(component, field, at))
  return [
    ...texts,
    ...anonymous,
    ...objects,
    ...numbers,
    ...lists,
    ...properties.map(([name, value]) => misfit([...at, 'properties', name], 'text or null', value))
  ]
}

/** NiFi refuses a whole definition for one of these, and does not say of which component. Seen on 2.3. */
const numberFields = [
  'concurrentlySchedulableTaskCount',
  'runDurationMillis',
  'retryCount',
  'backPressureObjectThreshold',
  'labelIndex',
  'zIndex'
]
const listFields = [
  'autoTerminatedRelationships',
  'retriedRelationships',
  'selectedRelationships',
  'prioritizers',
  'bends'
]

/** A number as text is one for NiFi too. */
function notNumber(body: Body, field: string, at: Steps): readonly Misfit[] {
  const value = fieldOf(body, field) ?? null
  const isCount = isNumber(value) || /^\s*-?\d*\s*$/.test(typeof value === 'string' ? value : '?')
  return value === null || isCount ? [] : [misfit([...at, field], 'a number', value)]
}

function notList(body: Body, field: string, at: Steps): readonly Misfit[] {
  const value = fieldOf(body, field) ?? null
  return value === null || Array.isArray(value) ? [] : [misfit([...at, field], 'a list', value)]
}

function notText(body: Body, field: string, at: Steps): readonly Misfit[] {
  const value = fieldOf(body, field) ?? null
  return value === null || typeof value === 'string' ? [] : [misfit([...at, field], 'text', value)]
}

function notBody(body: Body, field: string, at: Steps): readonly Misfit[] {
  const value = fieldOf(body, field) ?? null
  return value === null || isBody(value) ? [] : [misfit([...at, field], 'an object', value)]
}

/** Never says what a value is, only of which kind: it may be a secret. */
function misfit(path: Steps, expected: string, value: Json | undefined): Misfit {
  return { path, expected, found: kindOf(value) }
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (isBody(value)) return 'an object'
  if (isNumber(value)) return 'a number'
  return typeof value === 'string' ? 'text' : 'a boolean'
}

/** Null means absent everywhere but for a property, where it says that the property is not set. */
function toGroup(group: Body): Group {
  const own = present(group)
  const lists = componentLists.flatMap((list) =>
    own[list] === undefined ? [] : [[list, toComponents(list, itemsOf(own[list]).map(asBody))] as const]
  )
  const inner = itemsOf(own['processGroups'])
    .map(asBody)
    .map((child) => ({ ...toGroup(child), identifier: textOf(child['identifier']) }))
  return { ...own, ...Object.fromEntries(lists), ...(own['processGroups'] !== undefined && { processGroups: inner }) }
}

function toComponents(list: string, components: readonly Body[]): readonly Component[] {
  const used = new Map<string, number>()
  return components.map((component) => {
    const identifier =
      textOf(component['identifier']) || (list === 'connections' ? routeIdentifier(component, used) : '')
    return { ...present(component), identifier }
  })
}

/**
 * NiFi gives a connection without identifier another one each time, and thus replaces it each time: its ends and
 * relationships name it instead.
 */
function routeIdentifier(connection: Body, used: Map<string, number>): string {
  const [source, destination] = [asBody(connection['source']), asBody(connection['destination'])].map((end) =>
    textOf(end['id'])
  )
  const relationships = itemsOf(connection['selectedRelationships']).map(textOf).toSorted()
  const route = `${source}:${relationships.join(',')} -> ${destination}`
  const count = (used.get(route) ?? 0) + 1
  used.set(route, count)
  return count === 1 ? route : `${route} ${count}`
}

function present(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}
