/**
 * The service on a real server, with every request it sends.
 * @module
 */
import { ClientLink } from '../../../reconcilers/elasticsearch/connection/client-link.ts'
import type { Link, Request } from '../../../reconcilers/elasticsearch/connection/link.ts'
import { readConnectionSettings } from '../../../reconcilers/elasticsearch/connection/settings.ts'
import { elasticsearchService } from '../../../reconcilers/elasticsearch/index.ts'
import { Environment } from '../../../src/connect/environment.ts'
import type { Service } from '../../../src/contract.ts'
import { variablesFor, type Access } from './harness.ts'

/** A service, and what it asked the server so far, in order. */
export interface Counted {
  readonly service: Service
  readonly asked: Request[]
}

/** Opens the service on this server. */
export function countedService(server: Access): Counted {
  const link = new ClientLink(readConnectionSettings(new Environment(variablesFor(server))))
  const asked: Request[] = []
  const counting: Link = {
    ask: (request, signal, lane) => {
      asked.push(request)
      return link.ask(request, signal, lane)
    },
    patience: link.patience,
    close: () => link.close()
  }
  return { service: elasticsearchService(counting, 'infometis'), asked }
}
