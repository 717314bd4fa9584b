/**
 * Parts of a file, made at home in a live group.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import { type Body, isBody } from '../../json.ts'

/** Fields with names of their author's. */
const opaque = ['properties', 'propertyDescriptors', 'variables']
/** Fields that name the group a part belongs to. */
const homes = ['groupIdentifier', 'groupId']
/** What a part was called on the server the file comes from. */
const foreign = ['instanceIdentifier', 'instanceGroupId']

/**
 * Rewrites what refers to the file's top group, whose identifier NiFi never keeps, to refer to the live one; what the
 * server of the file called its parts becomes null, which NiFi takes for absent.
 */
export function adoption(desiredTop: string | undefined, liveTop: string | undefined): <B extends Body>(part: B) => B {
  const rewritten = (field: string, value: Json): Json => {
    if (homes.includes(field) && value === desiredTop && value !== undefined) return liveTop ?? null
    if (opaque.includes(field)) return value
    if (Array.isArray(value)) return value.map((item: Json) => (isBody(item) ? adopt(item) : item))
    return isBody(value) ? adopt(value) : value
  }
  const adopt = <B extends Body>(part: B): B => {
    const changes = Object.fromEntries(
      Object.entries(part).map(([field, value]) => [field, foreign.includes(field) ? null : rewritten(field, value)])
    )
    return { ...part, ...changes }
  }
  return adopt
}
