/** While the nodes of a NiFi cluster vote on the flow to load, every request is refused with 409: that was the fault of an item. */
import assert from 'node:assert/strict'
import { FaultServer } from '../servers/fault-server.ts'
import { answer } from '../servers/faults.ts'
import { failure, Links, never, reading, writing } from '../reconcilers/nifi/connection/links.ts'

const plainText = { 'content-type': 'text/plain' }
const voting = 'Cluster is still in the process of voting on the appropriate Data Flow.'
const initializing = 'The Flow Controller is initializing the Data Flow.'

describe('a NiFi that has not loaded its flow yet', () => {
  const links = new Links('2s')
  let server: FaultServer

  before(async () => {
    server = await FaultServer.start()
  })

  afterEach(() => links.close())

  after(() => server.stop())

  for (const words of [voting, initializing]) {
    it(`is not there yet, for readings and writes: ${words}`, async () => {
      for (const request of [reading, writing]) {
        server.fail({}, answer(409, words, plainText), 1)
        const { code, retryable, message } = await failure(links.to(server.url).ask(request, never))
        assert.deepEqual([code, retryable], ['UNAVAILABLE', true])
        assert.ok(message.includes(words), message)
      }
    })
  }

  it('never makes a conflict of a reading, and leaves that of a write as it is', async () => {
    const words = 'Node is currently disconnected'
    server.fail({}, answer(409, words, plainText), 1)
    assert.equal((await failure(links.to(server.url).ask(reading, never))).code, 'UNAVAILABLE')
    server.fail({}, answer(409, words, plainText), 1)
    assert.deepEqual(await links.to(server.url).ask(writing, never), { status: 409, body: words })
  })
})
