/**
 * A group in the one form that all groups meaning the same have.
 * @module
 */
import { createHash } from 'node:crypto'
import { digestOf as digestOfJson, type Json } from '../../../../src/plugin.ts'
import type { List } from '../identity/words.ts'
import { comparedRemotes } from './apart.ts'
import { normalValue } from './field-rule.ts'
import { comparedFields, ruleOf } from './fields.ts'
import { componentLists, type Component, type Group } from './model.ts'
import { byText, groupsOf, listOf } from './parts.ts'
import { isReference, isSensitive } from './properties.ts'
import { type Body, asBody, isBody, sameJson } from '../../json.ts'

/**
 * The group without what means nothing: where it is drawn, on which server it lives, what NiFi tells about its types,
 * fields at their defaults, nulls, order of lists; and without what its item declares (name, comments, context) and what
 * may be secret. Follows NiFi's JacksonFlowSnapshotSerializer. Idempotent. Pure.
 */
export function canonical(group: Group): Group {
  const {
    name: _name,
    comments: _comments,
    parameterContextName: _context,
    identifier: _identifier,
    versionedFlowCoordinates: _version,
    ...own
  } = canonicalGroup(group, true)
  return own
}

/** A digest that changes when the group comes to mean something else; 32 hexadecimal digits. Pure. */
export function digestOf(group: Group): string {
  return digestOfJson(canonical(group)).slice(0, 32)
}

/** The digest a group would have with another version of one of its components; undefined where the component occurs twice. */
export type DigestWith = (list: List, component: Component, other: Component) => string | undefined

/** As `digestOf`, for many small changes of a large group: what stays the same is written out once. Pure. */
export function digestsOf(group: Group): DigestWith {
  const text = sortedText(canonical(group))
  return (list, component, other) => {
    const [own, instead] = [component, other].map((each) => sortedText(canonicalComponent(list, each)))
    const [before, after, ...more] = text.split(own ?? '')
    if (before === undefined || after === undefined || more.length > 0) return undefined
    return createHash('sha256').update(`${before}${instead}${after}`).digest('hex').slice(0, 32)
  }
}

/** What `digestOfJson` takes the digest of. */
function sortedText(json: Json): string {
  return JSON.stringify(sortedKeys(json))
}

function sortedKeys(json: Json): Json {
  if (Array.isArray(json)) return json.map(sortedKeys)
  return isBody(json)
    ? Object.fromEntries(
        Object.entries(json)
          .toSorted(([a], [b]) => byText(a, b))
          .map(([key, value]) => [key, sortedKeys(value)])
      )
    : json
}

function canonicalGroup(group: Group, isTop: boolean): Group {
  const fields = canonicalFields('processGroups', group)
  if (!isTop && fields['versionedFlowCoordinates'] !== undefined) return fields
  const lists = componentLists.map((list) => {
    const components = list === 'remoteProcessGroups' ? comparedRemotes(group) : listOf(group, list)
    return [list, sorted(components).map((component) => canonicalComponent(list, component))] as const
  })
  const groups = sorted(groupsOf(group)).map((inner) => ({
    ...canonicalGroup(inner, false),
    identifier: inner.identifier
  }))
  const filled = [...lists, ['processGroups', groups] as const].filter(([, components]) => components.length > 0)
  return { ...fields, ...Object.fromEntries(filled) }
}

function canonicalComponent(list: List, component: Component): Component {
  const { identifier, type } = component
  const properties = canonicalProperties(component)
  return {
    ...canonicalFields(list, component),
    identifier,
    ...(type !== undefined && type !== null && { type }),
    ...(Object.keys(properties).length > 0 && { properties })
  }
}

function canonicalFields(list: List, component: Body): Body {
  const filled = comparedFields(list, component).flatMap((field): readonly (readonly [string, Json])[] => {
    const rule = ruleOf(list, field) ?? {}
    const value = normalValue(rule, component[field]) ?? null
    return value === null || sameJson(value, rule.fallback ?? null) ? [] : [[field, value]]
  })
  return Object.fromEntries(filled)
}

/** A literal of a sensitive property is no more than a guess away from its digest. */
function canonicalProperties(component: Component): Body {
  const kept = Object.entries(asBody(component['properties'])).filter(
    ([name, value]) => value !== null && (!isSensitive(component, name) || isReference(value))
  )
  return Object.fromEntries(kept.toSorted(([a], [b]) => byText(a, b)))
}

function sorted<C extends { readonly identifier: string }>(components: readonly C[]): readonly C[] {
  return components.toSorted((a, b) => byText(a.identifier, b.identifier))
}
