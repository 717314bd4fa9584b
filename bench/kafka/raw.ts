/**
 * The protocol with nothing on top: one connection, the fewest requests that can answer "is everything as declared".
 * @module
 */
import { Connection, describeConfigsV4, metadataV12 } from '@platformatic/kafka'

const topicResource = 2 as const
const topicsPerRequest = 1000

export class RawConnection {
  readonly #connection: Connection

  private constructor(connection: Connection) {
    this.#connection = connection
  }

  /** `bootstrap` is `host:port` of a plaintext listener. */
  static async open(bootstrap: string): Promise<RawConnection> {
    const [host = '', port = ''] = bootstrap.split(':')
    const connection = new Connection('bench')
    await connection.connect(host, Number(port))
    return new RawConnection(connection)
  }

  /** The floor: Metadata of all topics, then DescribeConfigs of the named keys in requests of 1,000 topics. */
  async read(names: readonly string[], keys: readonly string[]): Promise<void> {
    const { topics } = await metadataV12.api.async(this.#connection, null, false)
    if (topics.length < names.length)
      throw new Error(`expected at least ${names.length} topics, found ${topics.length}`)
    for (let at = 0; at < names.length; at += topicsPerRequest)
      await this.#describe(names.slice(at, at + topicsPerRequest), keys)
  }

  /** What the broker says of one key of one topic. */
  async valueOf(topic: string, key: string): Promise<string | null | undefined> {
    const { results } = await this.#describe([topic], [key])
    return results[0]?.configs[0]?.value
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  #describe(names: readonly string[], keys: readonly string[]): ReturnType<typeof describeConfigsV4.api.async> {
    const resources = names.map((resourceName) => ({
      resourceType: topicResource,
      resourceName,
      configurationKeys: [...keys]
    }))
    return describeConfigsV4.api.async(this.#connection, resources, false, false)
  }
}
