/**
 * Services outside of a flow that it refers to. A file names them by identifiers of the server it was taken from, a live
 * group by those of its own server: only their names can be compared, and by name NiFi finds them when it takes a file.
 * @module
 */
import { createHash } from 'node:crypto'
import type { Reference } from '../../reading/entities.ts'
import type { Component, Content, Group } from '../definition/model.ts'
import { type Body, isBody } from '../../json.ts'

/** Names of services by the identifiers that stand for them in properties. */
export type ServiceNames = ReadonlyMap<string, string>

/**
 * The identifier a component shows in a download when no definition gave it one. Source: NiFi's VersionedComponentFlowMapper,
 * Java's `UUID.nameUUIDFromBytes`.
 */
export function ownIdentifier(instanceId: string): string {
  const hash = createHash('md5').update(instanceId, 'utf8').digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x30
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** What a definition calls the services outside of it. Pure. */
export function namesInContent({
  externalControllerServices
}: Pick<Content, 'externalControllerServices'>): ServiceNames {
  return new Map(
    Object.entries(externalControllerServices).flatMap(([identifier, reference]) => {
      const name = isBody(reference) ? reference['name'] : undefined
      return typeof name === 'string' ? [[identifier, name] as const] : []
    })
  )
}

/** What a live group calls them. Pure. */
export function namesOnServer(offered: readonly Reference[]): ServiceNames {
  return new Map(offered.flatMap(({ id, name }) => [[id, name] as const, [ownIdentifier(id), name] as const]))
}

/** The group with the names of services in place of their identifiers, to be compared and never to be sent. Pure. */
export function nameServices(group: Group, names: ServiceNames): Group {
  if (names.size === 0) return group
  return eachConfigured(group, (component) => {
    const properties = component['properties']
    if (!isBody(properties)) return component
    return {
      ...component,
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [
          key,
          typeof value === 'string' ? (names.get(value) ?? value) : value
        ])
      )
    }
  })
}

/** Of these services, those a group refers to, as a definition brings them along. Pure. */
export function referencesTo(group: Group, names: ServiceNames): Body {
  const found = configuredIn(group).flatMap((component) => {
    const properties = component['properties']
    return isBody(properties) ? Object.values(properties).filter((value) => typeof value === 'string') : []
  })
  return Object.fromEntries(
    [...new Set(found)].flatMap((identifier) =>
      names.has(identifier) ? [[identifier, { identifier, name: names.get(identifier) ?? '' }] as const] : []
    )
  )
}

/** Everything in a group and below it that has properties. Pure. */
export function configuredIn(group: Group): readonly Component[] {
  return [
    ...(group.processors ?? []),
    ...(group.controllerServices ?? []),
    ...(group.processGroups ?? []).flatMap(configuredIn)
  ]
}

/** Ids of a live group and of all groups below it. Pure. */
export function groupIdsOf(group: Group): readonly string[] {
  const id = group['instanceIdentifier']
  return [...(typeof id === 'string' ? [id] : []), ...(group.processGroups ?? []).flatMap(groupIdsOf)]
}

function eachConfigured<G extends Group>(group: G, change: (component: Component) => Component): G {
  const { processors, controllerServices, processGroups } = group
  return {
    ...group,
    ...(processors && { processors: processors.map(change) }),
    ...(controllerServices && { controllerServices: controllerServices.map(change) }),
    ...(processGroups && { processGroups: processGroups.map((inner) => eachConfigured(inner, change)) })
  }
}
