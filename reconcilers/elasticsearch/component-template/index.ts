/**
 * Component templates.
 * @module
 */
import type { Resource } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { componentTemplateApi } from '../body/apis.ts'
import { bodyResource } from '../body/resource.ts'
import type { BodyState } from '../body/shape.ts'
import type { Facts } from '../facts.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../readings.ts'

export { componentTemplateKind } from './kind.ts'

/** The component templates of the cluster behind `link`, marked with `owner` where they are written. */
export function componentTemplateResource(
  link: Link,
  readings: Readings,
  owner: string
): Resource<Body, BodyState, Facts> {
  return bodyResource(componentTemplateApi, link, readings, owner)
}
