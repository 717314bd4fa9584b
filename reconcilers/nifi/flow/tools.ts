/**
 * What observing and writing flows needs of its surroundings.
 * @module
 */
import { type Clock, systemClock } from '../../../src/plugin.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../reading/readings.ts'
import { Catalogue } from './catalogue/catalogue.ts'
import { Downloads } from './reading/downloads.ts'

export interface FlowTools {
  readonly link: Link
  readonly readings: Readings
  readonly catalogue: Catalogue
  readonly downloads: Downloads
  /** Who is written into the markers. */
  readonly owner: string
  /** Id of the group the flows live in, or `root`. */
  readonly parentGroup: string
}

/** With what lives as long as the connection: what NiFi can make, and what was downloaded last. */
export function flowTools(
  given: Pick<FlowTools, 'link' | 'readings' | 'owner' | 'parentGroup'>,
  clock: Clock = systemClock
): FlowTools {
  const { link, parentGroup } = given
  return { ...given, catalogue: new Catalogue(link, clock), downloads: new Downloads(link, parentGroup) }
}
