/**
 * What observing and writing flows needs of its surroundings.
 * @module
 */
import type { Link } from '../connection/link.ts'
import type { Readings } from '../reading/readings.ts'
import type { Catalogue } from './catalogue/catalogue.ts'

export interface FlowTools {
  readonly link: Link
  readonly readings: Readings
  readonly catalogue: Catalogue
  /** Who is written into the markers. */
  readonly owner: string
  /** Id of the group the flows live in, or `root`. */
  readonly parentGroup: string
}
