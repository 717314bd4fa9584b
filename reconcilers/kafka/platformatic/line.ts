/**
 * One connection of @platformatic/kafka. The client's own pool, retries and metadata cache are left aside: they hide
 * which item failed, and a missing topic costs them three seconds.
 * @module
 */
import { isIP, type Socket } from 'node:net'
import { loadPeer, ReconcileError } from '../../../src/plugin.ts'
import type { Address } from '../connection.ts'
import type { Credentials } from '../credentials.ts'
import type { Line } from '../link.ts'
import type * as client from './client.ts'

/** The client library; imported on first use, as loading it takes half a second and 40 MB. */
export type Client = typeof client

/** How brokers name us in their request metrics and quotas. */
const clientId = 'infometis'

export class PlatformaticLine implements Line {
  readonly client: Client
  readonly connection: client.Connection
  readonly #address: Address
  /** Why the connection broke. */
  #failure: Error | undefined

  private constructor(client: Client, address: Address, credentials: Credentials, timeout: number) {
    this.client = client
    this.#address = address
    this.connection = new client.Connection(clientId, {
      // Only a second line of defence: our own deadline ends first.
      connectTimeout: timeout * 2,
      requestTimeout: timeout * 2,
      // Server names are for names: TLS forbids addresses there.
      tlsServerName: isIP(address.host) === 0,
      ...(credentials.tls && { tls: credentials.tls }),
      ...(credentials.sasl && { sasl: credentials.sasl })
    })
    // Without a listener a connection reset between two requests would end the process.
    this.connection.on('error', (error) => (this.#failure = error))
  }

  /** A line to `address`, not yet open. `timeout` in ms. */
  static async dial(address: Address, credentials: Credentials, timeout: number): Promise<PlatformaticLine> {
    const client = await loadPeer('@platformatic/kafka', () => import('./client.ts'))
    return new PlatformaticLine(client, address, credentials, timeout)
  }

  get usable(): boolean {
    return this.connection.isConnected()
  }

  /** Also throws UNSUPPORTED when the broker lacks a version of an API we speak; raw calls do not negotiate. */
  async open(): Promise<void> {
    await this.connection.connect(this.#address.host, this.#address.port)
    const { apiKeys } = await this.answer(this.client.apiVersionsV3.api.async(this.connection, clientId, '1'))
    for (const { api, name } of this.#needed()) {
      const offered = apiKeys.find(({ apiKey }) => apiKey === api.key)
      if (offered === undefined || api.version < offered.minVersion || api.version > offered.maxVersion) {
        const range = offered ? `versions ${offered.minVersion} to ${offered.maxVersion}` : 'no version'
        // A controller answers for itself, and knows no topics.
        const advice =
          name === 'Metadata' && !offered ? 'is this the port of a controller?' : 'KAFKA_CLIENT=kafkajs may fit'
        throw new ReconcileError(
          'UNSUPPORTED',
          `${name} version ${api.version} is needed, the broker offers ${range}; ${advice}`
        )
      }
    }
  }

  /**
   * The response, also one that holds errors: the client throws it as a ResponseError. Throws only without an answer,
   * then with the reason the connection broke for (a TLS alert, say) where requests see but its end.
   */
  async answer<R>(request: Promise<R>): Promise<R> {
    try {
      return await request
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'PLT_KFK_RESPONSE' && 'response' in error) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by this very request's parser, so of its type
        return error.response as R
      }
      throw this.#failure ?? error
    }
  }

  destroy(): void {
    // There is no socket before `open`, whatever the client's type says.
    const { socket }: { socket?: Socket } = this.connection
    // With an error, so that the client also gives up a connection it is still making, and clears its timers.
    socket?.destroy(new Error('given up'))
  }

  #needed(): { name: string; api: { key: number; version: number } }[] {
    const {
      metadataV12,
      describeConfigsV4,
      createTopicsV7,
      createPartitionsV3,
      incrementalAlterConfigsV1,
      listPartitionReassignmentsV0
    } = this.client
    return [
      { name: 'Metadata', api: metadataV12.api },
      { name: 'DescribeConfigs', api: describeConfigsV4.api },
      { name: 'CreateTopics', api: createTopicsV7.api },
      { name: 'CreatePartitions', api: createPartitionsV3.api },
      { name: 'IncrementalAlterConfigs', api: incrementalAlterConfigsV1.api },
      { name: 'ListPartitionReassignments', api: listPartitionReassignmentsV0.api }
    ]
  }
}
