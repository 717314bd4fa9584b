import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import * as fc from 'fast-check'
import { countRequests, type RequestCounter } from './request-counter.ts'

/** One request frame: its length, the key of its API, and a body. */
function frame(apiKey: number, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(6 + bodyBytes)
  bytes.writeInt32BE(2 + bodyBytes, 0)
  bytes.writeInt16BE(apiKey, 4)
  return bytes
}

describe('A counting proxy', () => {
  let broker: Server
  let counter: RequestCounter

  beforeEach(async () => {
    // Echoes, so that what came through can be compared with what was sent.
    broker = createServer((socket) => void socket.pipe(socket))
    broker.listen(0, '127.0.0.1')
    await once(broker, 'listening')
    const address = broker.address()
    assert.ok(address !== null && typeof address !== 'string')
    counter = await countRequests(`127.0.0.1:${(address satisfies AddressInfo).port}`)
  })
  afterEach(async () => {
    await counter.close()
    broker.close()
  })

  /** Sends the chunks one after the other and gives back as many bytes as were sent. */
  async function send(chunks: readonly Buffer[]): Promise<Buffer> {
    const wanted = Buffer.concat(chunks).length
    const [host = '', port = ''] = counter.bootstrap.split(':')
    const socket = connect({ host, port: Number(port) })
    for (const chunk of chunks) socket.write(chunk)
    let answer = Buffer.alloc(0)
    while (answer.length < wanted) {
      const [chunk]: Buffer[] = await once(socket, 'data')
      if (chunk !== undefined) answer = Buffer.concat([answer, chunk])
    }
    socket.destroy()
    return answer
  }

  it('counts requests by the name of their API and passes every byte on', async () => {
    const sent = [frame(3, 100), frame(32, 50_000), frame(32, 0), frame(999, 7)]
    assert.deepEqual(await send(sent), Buffer.concat(sent))
    assert.deepEqual(counter.counts, { API_999: 1, DescribeConfigs: 2, Metadata: 1 })
  })

  it('starts again after a reset', async () => {
    await send([frame(3, 1)])
    counter.reset()
    assert.deepEqual(counter.counts, {})
  })

  it('finds the frames however the stream is cut', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 9 }), async (bodies, step) => {
        counter.reset()
        const stream = Buffer.concat(bodies.map((bytes) => frame(3, bytes)))
        await send(
          Array.from({ length: Math.ceil(stream.length / step) }, (_, index) =>
            stream.subarray(index * step, (index + 1) * step)
          )
        )
        assert.deepEqual(counter.counts, { Metadata: bodies.length })
      }),
      { numRuns: 20 }
    )
  })
})
