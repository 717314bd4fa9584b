/**
 * The official client as we use it: one client for Elasticsearch 8 and 9 and for OpenSearch.
 * @module
 */
import { Client, errors, Serializer, Transport, UndiciConnection } from '@elastic/elasticsearch'
import { parseWithNumbers } from '../../../src/plugin.ts'
import type { ConnectionSettings } from './settings.ts'
import type { Credentials } from './credentials.ts'

/**
 * OpenSearch does not name its product, which the client takes for a reason to refuse it, and answers the media types of
 * Elasticsearch with 406. The transport class is the client's public extension point; plain JSON is taken by all servers,
 * and which one it is we find out ourselves.
 */
class AnyProductTransport extends Transport {
  // oxlint-disable-next-line no-unused-vars -- named in order to be left out
  constructor({ productCheck: _, ...options }: ConstructorParameters<typeof Transport>[0]) {
    super({ ...options, vendoredHeaders: { jsonContentType: 'application/json', accept: 'application/json' } })
  }
}

/** Numbers of an answer keep their text. */
class NumberKeepingSerializer extends Serializer {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the client's own signature
  override deserialize<T = unknown>(json: string): T {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client's own word for "whatever is in it"
      return parseWithNumbers(json) as T
    } catch (error) {
      throw new errors.DeserializationError(error instanceof Error ? error.message : String(error), json)
    }
  }
}

/** The client's own way to close waits for what is in flight; we know when nothing is. */
class BreakableConnection extends UndiciConnection {
  override async close(): Promise<void> {
    await this.pool.destroy()
  }
}

/**
 * A client that tries nothing again by itself and follows no advice of the server about other nodes. Its `close` breaks
 * what is in flight; sockets that are still connecting then end when `closed` aborts, not before.
 */
export function makeClient(
  { urls, requestTimeout }: ConnectionSettings,
  { auth, tls }: Credentials,
  closed: AbortSignal
): Client {
  // Handed through to net.connect and tls.connect alike; only their types do not name the signal.
  const sockets = { ...(tls.ca === undefined ? {} : { ca: tls.ca }), signal: closed }
  return new Client({
    nodes: urls.map(String),
    ...(auth === undefined ? {} : { auth }),
    tls: sockets,
    // Ours comes first: the client's timers do not look at what has arrived when they are over.
    requestTimeout: requestTimeout * 2,
    maxRetries: 0,
    Transport: AnyProductTransport,
    Connection: BreakableConnection,
    Serializer: NumberKeepingSerializer,
    enableMetaHeader: false,
    redaction: { type: 'remove' },
    name: 'infometis'
  })
}
