/**
 * Controller services that need no server to be valid, and the processor that uses one.
 * @module
 */
import type { Json } from '../../../src/records.ts'

/** Type of a service that only has to be told where its server would be. */
export const mapCacheClient = 'org.apache.nifi.distributed.cache.client.MapCacheClientService'

/** What makes such a service valid. */
export const host = { 'Server Hostname': '127.0.0.1' } as const

/** A processor that uses a service: one of its own flow by its name, or one above by its id. */
export function detect(service: Json): Json {
  return {
    type: 'DetectDuplicate',
    terminate: ['duplicate', 'non-duplicate', 'failure'],
    properties: { 'Distributed Cache Service': service }
  }
}
