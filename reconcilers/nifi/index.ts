/**
 * The NiFi reconciler: flows, the parameters they run with, and settings of the server itself.
 * @module
 */
import type { MountedFile, Plugin, Service } from '../../src/plugin.ts'
import { ClientLink } from './connection/client-link.ts'
import { readConnectionSettings } from './connection/settings.ts'
import { controllerKind, controllerResource } from './controller/index.ts'
import { flowTools } from './flow/tools.ts'
import { flowKind, flowResource } from './flow/index.ts'
import type { Timeouts } from './flow/write/call-context.ts'
import type { Link } from './connection/link.ts'
import { digestKeyVariable, parameterContextKind, parameterContextResource } from './parameter-context/index.ts'
import { Readings } from './reading/readings.ts'

const name = 'nifi'

/** The plugin the command line loads for `nifi`. */
export const plugin: Plugin = {
  name,
  // What others need comes first: a context before the flow that is bound to it.
  kinds: [parameterContextKind, flowKind, controllerKind],
  open: (environment) => {
    const settings = readConnectionSettings(environment)
    const digestKey = environment.file(digestKeyVariable)
    return nifiService(new ClientLink(settings), {
      owner: environment.text('INFOMETIS_OWNER') ?? 'infometis',
      parentGroup: settings.parentGroup,
      ...(digestKey && { digestKey })
    })
  }
}

/** How a service works, beside where it is. */
export interface NifiOptions {
  /** Who is written into markers. */
  readonly owner: string
  /** Id of the group the flows live in, or `root`. */
  readonly parentGroup: string
  /** Holds the key of the digests by which a changed secret is told from an unchanged one. */
  readonly digestKey?: MountedFile
  /** How long the writes of flows wait for NiFi; default `defaultTimeouts`. */
  readonly timeouts?: Timeouts
}

/** The service behind a connection. */
export function nifiService(link: Link, { owner, parentGroup, digestKey, timeouts }: NifiOptions): Service {
  const readings = new Readings(link, parentGroup)
  return {
    name,
    resources: [
      parameterContextResource({ link, readings, owner }, digestKey),
      flowResource(flowTools({ link, readings, owner, parentGroup }), { ...(timeouts && { timeouts }) }),
      controllerResource(link, readings)
    ],
    identity: (cycle) => readings.rootGroupId(cycle),
    close: () => link.close()
  }
}
