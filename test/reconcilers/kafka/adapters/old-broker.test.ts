import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { adminFor, patience } from './harness.ts'

/** A broker that answers every ApiVersions request with these APIs, `[key, minimum, maximum]`, and nothing else. */
function brokerOffering(apis: readonly (readonly [number, number, number])[]): Server {
  return createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (request) => {
      const entries = apis.map((api) => {
        const entry = Buffer.alloc(7)
        api.forEach((value, index) => entry.writeInt16BE(value, index * 2))
        return entry
      })
      // Correlation id, no error, entries as a compact array, no throttling, no tagged fields.
      const body = Buffer.concat([request.subarray(8, 12), Buffer.from([0, 0, apis.length + 1]), ...entries, Buffer.alloc(5)])
      const size = Buffer.alloc(4)
      size.writeInt32BE(body.length)
      socket.write(Buffer.concat([size, body]))
    })
  })
}

describe('platformatic with a broker that lacks an API', () => {
  const servers: Server[] = []
  const start = async (apis: Parameters<typeof brokerOffering>[0]): Promise<string> => {
    const server = brokerOffering(apis).listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    assert.ok(typeof address === 'object' && address)
    return `127.0.0.1:${address.port}`
  }

  after(() => servers.forEach((server) => server.close()))

  it('names the API and what the broker offers of it, instead of sending what is dropped silently', async () => {
    const bootstrap = await start([[3, 0, 12], [32, 0, 4], [19, 0, 7], [37, 0, 3], [46, 0, 0], [44, 0, 0]])
    const admin = adminFor('platformatic', bootstrap)
    await assert.rejects(admin.metadata([], patience()), {
      code: 'UNSUPPORTED',
      message: `${bootstrap}: IncrementalAlterConfigs version 1 is needed, the broker offers versions 0 to 0; KAFKA_CLIENT=kafkajs may fit`
    })
    await admin.close()
  })

  it('names an API that is not there at all', async () => {
    const bootstrap = await start([[3, 0, 12], [32, 0, 4], [19, 0, 7], [46, 0, 0], [44, 0, 1]])
    const admin = adminFor('platformatic', bootstrap)
    await assert.rejects(admin.metadata([], patience()), { code: 'UNSUPPORTED', message: /CreatePartitions version 3 is needed, .* offers no version/ })
    await admin.close()
  })
})
