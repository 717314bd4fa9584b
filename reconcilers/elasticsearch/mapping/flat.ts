/**
 * Objects whose fields have dots in their names: `subobjects: false`. Below them the server makes fields of objects
 * (ObjectMapper.asFlattenedFieldMappers; measured on 8.19 and 9.4).
 * @module
 */
import { remember } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { at, bodyAt, isObjectField, typeOf, word } from './definition.ts'

/** An object of a declared mapping, and what the server has in its place. */
export interface ObjectScope {
  /** The live object; undefined where there is none, and where nothing is compared with a server. */
  readonly live: Body | undefined
  /** Whether dots are part of names. */
  readonly isFlat: boolean
  /** How fields are treated that nobody mapped. */
  readonly dynamic: string
}

/** The whole mapping. Whether it is flat the server decides where it has one: that cannot change. Pure. */
export function objectScope(declared: Body, live: Body | undefined, dynamic = 'true'): ObjectScope {
  const said = [live, declared].map((definition) => word(at(definition, 'dynamic'))).find((text) => text !== '')
  return { live, isFlat: isFlat(live ?? declared), dynamic: said ?? dynamic }
}

/** The object of a name below another one. Pure. */
export function below({ live, dynamic }: ObjectScope, name: string, declared: Body): ObjectScope {
  return objectScope(declared, live === undefined ? undefined : bodyAt(bodyAt(live, 'properties'), name), dynamic)
}

/**
 * Whether the server makes fields of this object. Not of one that says otherwise of its fields than the object around
 * it: that is refused. A nested object would become fields like any other, and would no longer be one. Pure.
 */
export function isFlattened(definition: Body, { isFlat: isWithin, dynamic }: ObjectScope): boolean {
  if (!isWithin || typeOf(definition) !== 'object') return false
  const own = word(at(definition, 'dynamic')).toLowerCase()
  return (
    (own === '' || own === dynamic.toLowerCase()) &&
    word(at(definition, 'enabled')) !== 'false' &&
    word(at(definition, 'subobjects')) !== 'true'
  )
}

/** Whether dots are part of the names of the fields of an object. Pure. */
export function isFlat(definition: Body | undefined): boolean {
  return word(at(definition, 'subobjects')) === 'false'
}

/** Whether there is such an object anywhere. */
export const hasFlatObject: (mapping: Body) => boolean = remember(
  (mapping: Body): boolean =>
    isFlat(mapping) ||
    Object.values(bodyAt(mapping, 'properties') ?? {}).some(
      (field) => isBody(field) && isObjectField(field) && hasFlatObject(field)
    )
)
