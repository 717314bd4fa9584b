/**
 * What is wrong with a definition, whatever NiFi it is to live in.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import { parametersIn } from '../references/parameters.ts'
import { wordsOf, type List } from '../identity/words.ts'
import { connectionFindings } from './ends.ts'
import { namesById } from './labels.ts'
import type { Component, Content } from './model.ts'
import { join } from './parts.ts'
import { listedAs, placesOf, type Finding, type Place, type Placed } from './place.ts'
import { isReference, isSensitive, isService } from './properties.ts'
import { asBody, textOf } from '../../json.ts'

export type { Finding } from './place.ts'

/**
 * Everything that NiFi would refuse, silently misread or make invalid, as far as the definition itself tells: identifiers,
 * ends of connections, fields without which an import breaks off half-way, secrets, services and parameters out of reach.
 * Never says a value. Pure.
 */
export function problemsOf(content: Content): readonly Finding[] {
  const words = wordsOf(content)
  const naming = { words, names: namesById(words, content.group), isFile: content.form === 'file' }
  const places = placesOf(naming, content.group, new Set(Object.keys(content.externalControllerServices)))
  return places.flatMap((place) => [
    ...repeatedIdentifiers(place),
    ...outerIdentifiers(place),
    ...place.parts.flatMap((part) => partFindings(place, part)),
    ...connectionFindings(place)
  ])
}

/** Of two components with one identifier NiFi keeps one; copies in other groups are told apart by their group. */
function repeatedIdentifiers({ parts }: Place): readonly Finding[] {
  const groups = [...Map.groupBy(parts, ({ component }) => component.identifier).values()].filter(
    (same) => same.length > 1
  )
  return groups.flatMap((same) => {
    const found = same.map(({ list, component }) => `${list} "${textOf(component['name'])}"`).join(' and ')
    return same.slice(1).map(({ path, component }) => {
      const message = `expected an identifier of its own, found "${component.identifier}" for ${found}`
      return error(join(path, 'identifier'), 'DUPLICATE_IDENTIFIER', message)
    })
  })
}

/** NiFi 2 gives the outer one another identity, and finds neither again. Services it tells apart. Seen on 2.3. */
function outerIdentifiers({ parts, around }: Place): readonly Finding[] {
  const found = parts.filter((part) => part.list !== 'controllerServices' && around.has(listedAs(part)))
  return found.map(({ path, component, list }) => {
    const message = `expected an identifier that nothing in a group around it has, found "${component.identifier}", which another of the ${list} has there`
    return error(join(path, 'identifier'), 'DUPLICATE_IDENTIFIER', message)
  })
}

/** Without these an import ends in "An unexpected error has occurred" and half a group; seen on 1.18 and 2.3. */
const needed: Readonly<Partial<Record<List, readonly string[]>>> = {
  processors: [
    'name',
    'type',
    'position',
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
  controllerServices: ['name', 'type', 'properties', 'propertyDescriptors'],
  connections: [
    'labelIndex',
    'zIndex',
    'selectedRelationships',
    'backPressureObjectThreshold',
    'backPressureDataSizeThreshold',
    'flowFileExpiration'
  ]
}

function partFindings(place: Place, { list, component, path, label }: Placed): readonly Finding[] {
  const missing = (needed[list] ?? []).filter((field) => (component[field] ?? null) === null || component[field] === '')
  const incomplete = missing.map((field) =>
    error(join(path, field), 'MISSING_FIELD', `expected a value, found none; "${label}" cannot be imported without it`)
  )
  const properties = Object.entries(asBody(component['properties'])).flatMap(([name, value]) => {
    const property = { name, value, path: join(path, 'properties', name) }
    return [...secretFindings(component, property), ...reachFindings(place, component, property)]
  })
  return [...incomplete, ...properties, ...remoteFindings(list, component, path)]
}

interface Property {
  readonly name: string
  readonly value: Json
  readonly path: string
}

function secretFindings(component: Component, { name, value, path }: Property): readonly Finding[] {
  if (value === null || isReference(value)) return []
  if (value === '********')
    return [
      error(
        path,
        'MASKED_VALUE',
        'expected the value, found the mask NiFi shows in place of a secret; refer to a sensitive parameter, as #{password}'
      )
    ]
  if (!isSensitive(component, name)) return []
  return [
    error(
      path,
      'SENSITIVE_VALUE',
      'expected a reference to a sensitive parameter, as #{password}, found a literal; it cannot be compared with what is live, and a secret does not belong in this file'
    )
  ]
}

function remoteFindings(list: List, component: Component, at: string): readonly Finding[] {
  if (list !== 'remoteProcessGroups' || textOf(component['proxyPassword']) === '') return []
  return [
    error(
      join(at, 'proxyPassword'),
      'SENSITIVE_VALUE',
      'expected no password, found one; set it in NiFi, it is left alone here'
    )
  ]
}

/** Services and parameters a component cannot reach: it would be invalid. */
function reachFindings(
  { services, isBound }: Place,
  component: Component,
  { name, value, path }: Property
): readonly Finding[] {
  const text = textOf(value)
  const parameters = parametersIn(text)
  if (!isBound && parameters.length > 0) {
    const message = `expected a parameter context of the group, found none for #{${parameters[0]}}; groups do not inherit the context of the group around them`
    return [{ severity: 'warning', path, code: 'UNKNOWN_PARAMETER', message }]
  }
  if (text === '' || parameters.length > 0 || !isService(component, name) || services.has(text)) return []
  return [
    {
      severity: 'warning',
      path,
      code: 'UNKNOWN_SERVICE',
      message:
        'expected a controller service of this group, of one around it or of externalControllerServices, found another identifier'
    }
  ]
}

function error(path: string, code: string, message: string): Finding {
  return { severity: 'error', path, code, message }
}
