/**
 * Which server we talk to.
 * @module
 */
import { ReconcileError } from '../../../src/plugin.ts'
import { isBody } from '../body.ts'
import type { Link } from './link.ts'
import { bodyOf, refusalOf } from './refusal.ts'

export interface Server {
  readonly distribution: 'elasticsearch' | 'opensearch'
  /** e.g. `9.4.3`; empty when the server does not tell us. */
  readonly version: string
  /** The cluster's own id, to pin; empty when the server does not tell us. */
  readonly clusterId: string
}

/**
 * Asks the server for its name and version. One that does not answer this question, because of our rights or because it
 * was built without it, is taken for an Elasticsearch: OpenSearch always answers. Throws UNAVAILABLE for another service.
 */
export async function askServer(link: Link, signal: AbortSignal): Promise<Server> {
  const answer = await link.ask({ method: 'GET', path: '/' }, signal)
  const isSilent = [400, 403, 405].includes(answer.status)
  if (answer.status >= 400 && !isSilent) throw refusalOf(answer)
  const body = isSilent ? {} : bodyOf(answer)
  if (!isSilent && !isBody(body['version']))
    throw new ReconcileError(
      'UNAVAILABLE',
      'expected the name and version of Elasticsearch, found the JSON of another service'
    )
  const version = isBody(body['version']) ? body['version'] : {}
  return {
    distribution: version['distribution'] === 'opensearch' ? 'opensearch' : 'elasticsearch',
    version: typeof version['number'] === 'string' ? version['number'] : '',
    clusterId: typeof body['cluster_uuid'] === 'string' ? body['cluster_uuid'] : ''
  }
}
